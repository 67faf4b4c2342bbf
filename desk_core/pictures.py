"""Pictures saved anew: the pixels stay, everything else about them goes.

A photo tells where and when it was taken, with whose device, and often holds a small older picture
of itself. What is saved here is decoded and encoded again, so that nothing of that remains; turned
as its camera said, because that note goes too.
"""

import io
import threading
import warnings
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from desk_core.file_inspection import DAMAGED
from desk_core.frames import FRAME
from desk_core.sealed_scratch import SealedScratch

#: A page of A4 at 500 dots an inch. A dot takes three or four bytes of memory.
MAX_PIXELS = 25_000_000
_QUALITY = 90
_KEPT_MODES = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), "JPEG": ("L", "RGB")}
# One at a time in a process: what pictures cost in memory does not add up.
_alone = threading.Lock()

TOO_MANY_DOTS = _(
    "This picture has too many dots to be saved anew. Make it smaller, or save it as JPG."
)


def saved_anew(file: BinaryIO, image_format: str) -> BinaryIO:
    """A picture ("JPEG" or "PNG") without anything but its dots; sealed wherever it waits.

    The file was inspected before (`content_type.verify`). A JPEG of more than MAX_PIXELS comes out
    at half or a quarter of its width, a PNG of more is refused (ValidationError).
    """
    file.seek(0)
    scratch = SealedScratch()
    try:
        with _alone, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _save(file, image_format, scratch)
        return cast(BinaryIO, io.BufferedReader(scratch.finish(), FRAME))
    except ValidationError:
        scratch.close()
        raise
    except Exception as error:
        scratch.close()
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the picture
        raise ValidationError(DAMAGED, code="damaged") from None


def _save(file: BinaryIO, image_format: str, scratch: SealedScratch) -> None:
    with Image.open(file, formats=[image_format]) as picture:
        _fit(picture, image_format)
        ImageOps.exif_transpose(picture, in_place=True)
        see_through = picture.info.get("transparency")
        kept = picture if picture.mode in _KEPT_MODES[image_format] else picture.convert("RGB")
        # Whatever the file said besides its dots, the encoder would write again.
        kept.info = {}
        more: dict[str, Any] = {"quality": _QUALITY} if image_format == "JPEG" else {}
        if image_format == "PNG" and see_through is not None:
            more["transparency"] = see_through
        kept.save(cast(BinaryIO, scratch), image_format, **more)


def _fit(picture: Image.Image, image_format: str) -> None:
    width, height = picture.size
    if width * height <= MAX_PIXELS:
        return
    if image_format != "JPEG":
        raise ValidationError(TOO_MANY_DOTS, code="pixels")
    # A JPEG is decoded at a half or a quarter without ever being whole in memory.
    part = 2 if width * height <= 4 * MAX_PIXELS else 4
    picture.draft(None, (width // part, height // part))
