import errno
import io
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from desk_core import pictures
from desk_core.sealed_scratch import SealedScratch

SECRET = "Golnar's telephone"
GPS, MAKE, ORIENTATION = 34853, 271, 274


def photo(size=(40, 20), *, orientation: int = 1, mode: str = "RGB", **more) -> io.BytesIO:
    """A photo as a telephone takes it: place, maker, a comment, its left half red."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    picture = picture.convert(mode)
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = SECRET, orientation
    exif.get_ifd(GPS)[2] = (35.0, 42.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=SECRET.encode(), quality=95, **more)
    return out


def anew(file: io.BytesIO, image_format: str = "JPEG") -> bytes:
    with pictures.saved_anew(file, image_format) as found:
        return found.read()


def test_place_device_and_comment_of_a_photo_are_gone():
    file = photo()
    assert SECRET.encode() in file.getvalue()
    data = anew(file)
    picture = Image.open(io.BytesIO(data))
    assert not picture.getexif()
    assert "comment" not in picture.info
    assert SECRET.encode() not in data
    assert b"Exif" not in data


def test_it_stands_as_its_camera_said():
    turned = Image.open(io.BytesIO(anew(photo(orientation=6))))
    assert turned.size == (20, 40)
    # The left half is the upper one now.
    red, _green, blue = turned.getpixel((10, 5))
    assert red > 200 > 60 > blue


def test_words_in_a_png_are_gone_and_what_is_seen_through_stays():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET)
    words.add_itxt("Comment", SECRET, zip=False)
    out = io.BytesIO()
    picture = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    picture.save(out, "PNG", pnginfo=words, dpi=(72, 72))
    assert SECRET.encode() in out.getvalue()
    data = anew(out, "PNG")
    assert SECRET.encode() not in data
    assert Image.open(io.BytesIO(data)).getpixel((0, 0)) == (10, 20, 30, 0)


def test_printers_colours_become_those_of_screens():
    assert Image.open(io.BytesIO(anew(photo(mode="CMYK")))).mode == "RGB"


def test_a_huge_photo_comes_out_smaller_and_a_huge_png_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 100 * 100)
    assert Image.open(io.BytesIO(anew(photo((160, 80))))).size == (80, 40)
    assert Image.open(io.BytesIO(anew(photo((400, 200))))).size == (100, 50)
    out = io.BytesIO()
    Image.new("L", (400, 200)).save(out, "PNG")
    with pytest.raises(ValidationError) as refused:
        anew(out, "PNG")
    assert refused.value.code == "pixels"


def test_a_broken_picture_is_refused_and_a_full_disk_is_said_to_be_one():
    with pytest.raises(ValidationError):
        anew(io.BytesIO(photo().getvalue()[:300]))
    full = OSError(errno.ENOSPC, "full")
    with (
        patch.object(SealedScratch, "write", side_effect=full),
        pytest.raises(OSError, match="full") as told,
    ):
        anew(photo((400, 400)))
    assert told.value.errno == errno.ENOSPC
