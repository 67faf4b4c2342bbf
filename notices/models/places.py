"""Where a warning holds: in words, on the map, and in codes for machines."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.warnings import geocodes, shapes


class Place(models.Model):
    """What facts of warnings and their changes say of the place; empty of other kinds."""

    area = models.TextField(_("area"), blank=True)
    area_en = models.TextField(_("area in English"), blank=True)
    shape = models.TextField(_("borders on the map"), blank=True, default="", db_default="")
    geocodes = models.TextField(_("codes of the place"), blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def area_for(self, language: str) -> str:
        """The area in the reader's language, else in the one there is; "" where none is named."""
        return (self.area_en or self.area) if language == "en" else (self.area or self.area_en)

    @property
    def shapes(self) -> list[shapes.Shape]:
        """Its polygons and circles."""
        return shapes.read(self.shape)

    @property
    def geojson(self) -> dict[str, Any] | None:
        """The same for maps; None where no border is given."""
        return shapes.geojson(self.shape)

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Names with their codes."""
        return geocodes.read(self.geocodes)
