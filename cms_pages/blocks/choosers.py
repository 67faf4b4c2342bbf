"""Chooser blocks that take what `references` has already read for the page being rendered."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms_pages import references


class _ReadTogether:
    """Ask `references` first, the database only for what it does not have."""

    kind: str

    def bulk_to_python(self, values: list[Any]) -> list[Any]:
        """The objects of these ids, in order."""
        read = references.current()
        if read and read.covers(self.kind, [value for value in values if value is not None]):
            known = getattr(read, self.kind)
            return [known.get(value) for value in values]
        return super().bulk_to_python(values)  # type: ignore[misc]


class PictureChooserBlock(_ReadTogether, ImageChooserBlock):
    """An image of the library."""

    kind = "images"

    class Meta:
        label = _("Image")

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        """What a front end needs to show it."""
        if value is None:
            return None
        return {
            "id": value.pk,
            "title": value.title,
            "url": value.file.url,
            "width": value.width,
            "height": value.height,
        }


class PublicDocumentChooserBlock(_ReadTogether, DocumentChooserBlock):
    """A document of the library."""

    kind = "documents"

    class Meta:
        label = _("Document")

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        """What a front end needs to offer it."""
        if value is None:
            return None
        return {"id": value.pk, "title": value.title, "url": value.url, "size": value.file_size}
