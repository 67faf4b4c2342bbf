"""What every answer that shows something personal carries."""

from typing import TypeVar

from django.http import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)


def never_store(response: Response) -> Response:
    """Mark a personal page: kept nowhere, told to no other site, found by no search engine (R43).

    Changes and returns the same response. The whole-page cache never keeps it either.
    """
    response["Cache-Control"] = "private, no-store, max-age=0"
    response["Pragma"] = "no-cache"
    # Under "no-referrer" a browser posts the page's own forms with `Origin: null`, and Django
    # refuses them. "same-origin" tells other sites as little.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
