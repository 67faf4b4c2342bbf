"""Wagtail's search index and reference index: kept up only where a test asks for them.

Writing them takes a third of the time of saving a page, and most tests make pages to show them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models.signals import post_migrate, post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import (
    connect_reference_index_signal_handlers,
    update_reference_index_on_save,
)

_KEPT_UP: list[bool] = []


def are_kept_up() -> bool:
    """Whether what is saved now is put into them."""
    return bool(_KEPT_UP)


def leave() -> None:
    """From now on nothing that is saved is put into the indexes."""
    # Wagtail begins anew after each `migrate`: the making of the test database is one.
    post_migrate.disconnect(connect_reference_index_signal_handlers)
    for model in get_indexed_models():
        post_save.disconnect(post_save_signal_handler, sender=model)
    for model in ReferenceIndex.tracked_models:
        post_save.disconnect(update_reference_index_on_save, sender=model)


@contextmanager
def kept_up() -> Iterator[None]:
    """Meanwhile everything is, as in real life."""
    for model in get_indexed_models():
        post_save.connect(post_save_signal_handler, sender=model)
    for model in ReferenceIndex.tracked_models:
        post_save.connect(update_reference_index_on_save, sender=model)
    _KEPT_UP.append(True)
    try:
        yield
    finally:
        _KEPT_UP.pop()
        leave()
