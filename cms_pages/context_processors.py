"""What every template of the citizens' site may use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms_pages.frame import frame_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` (menu, breadcrumbs, languages, actions) and `desk` (the body); read when used."""
    return {
        "frame": SimpleLazyObject(lambda: frame_for(request)),
        "desk": SimpleLazyObject(lambda: frame_for(request).settings),
    }
