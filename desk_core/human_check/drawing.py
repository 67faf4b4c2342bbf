"""Drawing digits so that a person reads them and a simple program does not.

Deterministic for one seed, and with a generator of its own: no other part of the process sees or
shares its random numbers.
"""

import io
import random
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_FILE = Path(__file__).parent / "fonts" / "digits.ttf"
DIGIT_WIDTH, MARGIN, HEIGHT = 44, 10, 80
INK = (27, 39, 51)
PAPER = (255, 255, 255)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FILE), size)


def width_of(digits: int) -> int:
    """The width of a picture of that many digits, in pixels; it is `HEIGHT` high."""
    return 2 * MARGIN + DIGIT_WIDTH * digits


def draw_png(digits: str, *, seed: bytes) -> bytes:
    """Return a PNG with `digits` from left to right, dark on white; 240×80 pixels for five."""
    chance = random.Random(seed)  # noqa: S311 - how it looks, not what it says
    image = Image.new("RGB", (width_of(len(digits)), HEIGHT), PAPER)
    for position, digit in enumerate(digits):
        stamp = _stamp(digit, chance)
        left = MARGIN + position * DIGIT_WIDTH + (DIGIT_WIDTH - stamp.width) // 2
        left += chance.randint(-3, 3)
        top = (HEIGHT - stamp.height) // 2 + chance.randint(-7, 7)
        image.paste(INK, (left, top), stamp)
    _scratch(ImageDraw.Draw(image), image.width, chance)
    image = image.filter(ImageFilter.SMOOTH)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _stamp(digit: str, chance: random.Random) -> Image.Image:
    """One digit, turned and cut to its ink, as a mask."""
    font = _font(chance.randint(40, 50))
    mask = Image.new("L", (90, 90), 0)
    ImageDraw.Draw(mask).text((45, 45), digit, font=font, fill=255, anchor="mm")
    mask = mask.rotate(chance.uniform(-18, 18), resample=Image.Resampling.BICUBIC)
    return mask.crop(mask.getbbox() or (0, 0, 1, 1))


def _scratch(draw: ImageDraw.ImageDraw, width: int, chance: random.Random) -> None:
    """Lines through the digits and specks between them, thin enough to read past."""
    third = width // 3
    for _line in range(3):
        start = (chance.randint(0, 30), chance.randint(10, HEIGHT - 10))
        middle = (chance.randint(third, 2 * third), chance.randint(0, HEIGHT))
        end = (chance.randint(width - 30, width), chance.randint(10, HEIGHT - 10))
        draw.line((start, middle, end), fill=INK, width=2, joint="curve")
    for _speck in range(260 * width // width_of(5)):
        x, y = chance.randint(0, width - 1), chance.randint(0, HEIGHT - 1)
        draw.point((x, y), fill=INK if chance.random() < 0.5 else PAPER)
