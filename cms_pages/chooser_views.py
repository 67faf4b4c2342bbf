"""Wagtail's choosers of images and documents, for identities that are none: 404, not a fault."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponseBase
from wagtail.documents.views.chooser import viewset as documents
from wagtail.images.views.chooser import viewset as images


class _NoOddIdentity:
    """Mixin before a view that hands an identity from the address to the database as it comes."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that there is no such thing."""
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except (ValidationError, ValueError, OverflowError, DataError) as error:
            raise Http404 from error


def take_no_odd_identity() -> None:
    """Put the mixin before the views; once, before the admin's addresses are made."""
    for viewset in (images, documents):
        for name in ("chosen_view_class", "chosen_multiple_view_class"):
            view = getattr(viewset, name)
            if not issubclass(view, _NoOddIdentity):
                setattr(viewset, name, type(view.__name__, (_NoOddIdentity, view), {}))
