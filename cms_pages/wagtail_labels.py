"""Words of Wagtail that go through no catalogue, taken from where they are translated."""

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import lazy
from django.utils.text import capfirst
from wagtail.models import Site
from wagtail.sites.views import IndexView


def name_the_columns_of_sites() -> None:
    """Columns without a label show the English name of their attribute; the fields have names."""
    for column in IndexView.columns:
        try:
            field = Site._meta.get_field(column.name)
        except FieldDoesNotExist:
            continue
        if column.label == capfirst(column.name.replace("_", " ")):
            column.label = lazy(capfirst, str)(field.verbose_name)
