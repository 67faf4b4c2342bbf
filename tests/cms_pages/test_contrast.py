"""Every text of the stylesheet's tokens can be read on every ground it stands on (WCAG 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "cms_pages" / "desk.css"

TONES = ("ok", "waiting", "partial", "major", "info", "closed")

TEXT_PAIRS = [
    *[
        (text, ground)
        for text in ("ink", "muted", "action", "action-hover")
        for ground in ("ground", "ground-soft", "ground-lift", "action-soft")
    ],
    *[
        (tone, ground)
        for tone in TONES
        for ground in ("ground", "ground-soft", "ground-lift", f"{tone}-soft")
    ],
    *[(text, f"{tone}-soft") for tone in TONES for text in ("ink", "muted", "action")],
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-danger", "danger"),
    ("on-deep", "deep"),
    ("on-deep-muted", "deep"),
]

# What is not text (borders of fields, bars, the focus ring): WCAG 1.4.11.
SIGN_PAIRS = [
    *[("line-strong", ground) for ground in ("ground", "ground-soft", "ground-lift")],
    *[(tone, "ground") for tone in TONES],
    *[
        ("focus", ground)
        for ground in ("ground", "ground-soft", "ground-lift", *[f"{tone}-soft" for tone in TONES])
    ],
]


def tokens(scheme: str) -> dict[str, str]:
    """The custom properties in force in a colour scheme: the dark ones over the light ones."""
    css = CSS.read_text(encoding="utf-8")
    light = re.search(r"^:root \{(.*?)^\}", css, re.S | re.M)
    dark = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", css, re.S)
    assert light
    assert dark
    block = light[1] if scheme == "light" else light[1] + dark[1]
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", block))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    values = tokens(scheme)
    assert contrast(values[text], values[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGN_PAIRS)
def test_signs_can_be_seen(scheme: str, sign: str, ground: str) -> None:
    values = tokens(scheme)
    assert contrast(values[sign], values[ground]) >= 3


@pytest.mark.parametrize("ground", ["deep"])
def test_the_focus_ring_on_deep_grounds_has_its_own_colour(ground: str) -> None:
    css = CSS.read_text(encoding="utf-8")
    rules = re.findall(r"\.(?:bar-top|foot|hero) \{[^}]*--focus: (#[0-9a-f]{6})", css)
    assert len(rules) == 3
    for scheme in ("light", "dark"):
        assert all(contrast(ring, tokens(scheme)[ground]) >= 3 for ring in rules)


def test_the_sheet_knows_no_left_and_right() -> None:
    """Both directions come from one sheet; the exceptions say which direction they are for."""
    css = re.sub(r"/\*.*?\*/", "", CSS.read_text(encoding="utf-8"), flags=re.S)
    physical = re.compile(r"(?:^|[;{\s])(?:margin|padding|border|inset)?-?(?:left|right)\s*:")
    assert not physical.search(css)


def test_the_sheet_asks_no_foreign_host() -> None:
    assert not re.search(r"https?:|@import|url\(\s*[\"']?//", CSS.read_text(encoding="utf-8"))
