"""Pages, documents and pictures named in the blocks of a page, read together.

A body of fifty blocks links and shows what an editor likes. Wagtail would ask for each rich text,
each picture and each rendition; here the ids are collected from the stored JSON first and one
query answers for all of them, whatever the number of blocks. (A picture that was never shown
before costs more, once.)
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.models import Page

# Every size in which a picture is ever shown on a public page.
PICTURE_SIZES = ("width-480", "width-960")

_LINK = re.compile(r'<a\b[^>]*\blinktype="(page|document)"[^>]*>')
_ID = re.compile(r'\bid="(\d+)"')
_KINDS = {"pages": "page", "documents": "document", "images": "image"}
_CHOOSERS = tuple(_KINDS.values())

_current: ContextVar["References | None"] = ContextVar("references", default=None)


class References:
    """What the blocks of one page refer to, by id; what is gone or not published is missing."""

    def __init__(
        self, named: dict[str, set[int]], language: str, request: HttpRequest | None = None
    ) -> None:
        self.named = named
        self.language = language
        self.request = request
        self.pages: dict[int, Page] = {}
        self.documents: dict[int, Any] = {}
        self.images: dict[int, Any] = {}
        if any(named.values()):
            self._read()

    def covers(self, kind: str, ids: Iterable[int]) -> bool:
        """True when all of these ids were asked for, found or not; `kind` as in the attributes."""
        return self.named[_KINDS[kind]].issuperset(ids)

    def _read(self) -> None:
        document_model, image_model = get_document_model(), get_image_model()
        # Live pages and, beside them, their live translations into the language of the page.
        keys = Page.objects.filter(pk__in=self.named["page"]).values("translation_key")
        pages = Page.objects.filter(translation_key__in=keys, live=True).order_by()
        documents = document_model.objects.filter(pk__in=self.named["document"]).order_by()
        renditions = image_model.get_rendition_model().objects.filter(
            image_id__in=self.named["image"], filter_spec__in=PICTURE_SIZES
        )
        rows = (
            pages.values_list(
                Value("page", CharField()),
                "pk",
                "title",
                "url_path",
                Cast("translation_key", CharField()),
                F("locale__language_code"),
            )
            .union(
                documents.values_list(
                    Value("document", CharField()),
                    "pk",
                    "title",
                    Cast("file", CharField()),
                    Cast("file_size", CharField()),
                    Value("", CharField()),
                ),
                renditions.order_by().values_list(
                    Value("rendition", CharField()),
                    "image_id",
                    "filter_spec",
                    Cast("file", CharField()),
                    Concat("width", Value("x"), "height", output_field=CharField()),
                    F("focal_point_key"),
                ),
                all=True,
            )
            .order_by()
        )
        by_key: dict[str, dict[str, Page]] = {}
        made: dict[int, list[Any]] = {}
        for kind, pk, title, where, key, language in rows:
            if kind == "rendition":
                made.setdefault(pk, []).append((title, where, key, language))
            elif kind == "document":
                size = int(key) if key else None
                # Without a collection given, Wagtail would look up the default one.
                self.documents[pk] = document_model(
                    id=pk, title=title, file=where, file_size=size, collection_id=None
                )
            else:
                page = Page(id=pk, title=title, url_path=where, live=True)
                if roots := getattr(self.request, "_wagtail_cached_site_root_paths", None):
                    page._wagtail_cached_site_root_paths = roots
                by_key.setdefault(key, {})[language] = page
                self.pages[pk] = page
        for versions in by_key.values():
            if best := versions.get(self.language):
                self.pages.update({page.pk: best for page in versions.values()})
        self._take_images(made)

    def _take_images(self, made: dict[int, list[Any]]) -> None:
        """Pictures by their renditions; those of which one is missing are read whole."""
        model = get_image_model()
        for pk, rows in made.items():
            if {spec for spec, *_rest in rows} >= set(PICTURE_SIZES):
                image = self.images[pk] = model(id=pk, collection_id=None)
                image.prefetched_renditions = [_rendition(image, *row) for row in rows]
        if not_ready := self.named["image"] - self.images.keys():
            self.images.update(model.objects.in_bulk(not_ready))


def _rendition(image: Any, spec: str, file: str, size: str, focal_point_key: str) -> Any:
    width, height = map(int, size.split("x"))
    return image.get_rendition_model()(
        image=image,
        filter_spec=spec,
        file=file,
        width=width,
        height=height,
        focal_point_key=focal_point_key,
    )


def rendition(image: Any, size: str) -> Any:
    """One of `PICTURE_SIZES` of an image; made when it is shown for the first time.

    Wagtail's own `get_rendition` writes each into the cache again, even one already at hand.
    """
    if hasattr(image, "prefetched_renditions"):
        with suppress(ObjectDoesNotExist):
            return image.find_existing_rendition(Filter(spec=size))
    shown = vars(image).setdefault("_desk_shown", {})
    if size not in shown:
        shown[size] = image.get_rendition(size)
    return shown[size]


def named_in(page: Page) -> dict[str, set[int]]:
    """The ids that a page's stream and rich text fields name: pages, documents and images."""
    named: dict[str, set[int]] = {kind: set() for kind in _CHOOSERS}
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for block in getattr(page, field.name).raw_data:
                _collect(block, named)
        elif field.__class__.__name__ == "RichTextField":
            _collect(getattr(page, field.name), named)
    return named


def _collect(value: Any, named: dict[str, set[int]]) -> None:
    if isinstance(value, str):
        for link in _LINK.finditer(value):
            if found := _ID.search(link.group()):
                named[link.group(1)].add(int(found.group(1)))
    elif isinstance(value, dict):
        for key, part in value.items():
            if key in _CHOOSERS and isinstance(part, int):
                named[key].add(part)
            else:
                _collect(part, named)
        if value.get("type") in _CHOOSERS and isinstance(value.get("value"), int):
            named[value["type"]].add(value["value"])
    elif isinstance(value, Iterable):
        for part in value:
            _collect(part, named)


@contextmanager
def loaded_for(page: Page, request: HttpRequest, language: str) -> Iterator[References]:
    """While rendering inside this block, links and pictures of the page cost no query."""
    references = References(named_in(page), language, request)
    token = _current.set(references)
    try:
        yield references
    finally:
        _current.reset(token)


def current() -> References | None:
    """What has been read for the page that is being rendered, if any."""
    return _current.get()
