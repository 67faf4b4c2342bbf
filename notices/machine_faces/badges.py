"""Badges: a state or a figure as a small SVG picture, for pages of other sites.

A picture in a foreign page may load no font, so nobody knows how wide its words will be. The widths
here are estimates by kind of letter; `textLength` makes the reader's font keep to them.
"""

import unicodedata
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from cms_pages.models import Service
from notices.availability.showing import MonthLine
from notices.availability.words import verdict_word
from notices.faces import TONE_OF_SERVICE_STATE
from notices.machine_faces.feeds import plain
from notices.overview import Overview, ServiceLine
from sla.attainment import Verdict
from sla.performance.words import percent_text

CONTENT_TYPE = "image/svg+xml; charset=utf-8"
HEIGHT = 24
LONGEST = 44
_SIZE = 12
_PAD = 8
_SIGN = 14
_GAP = 5
# White on each is at least 4.5:1 (tests/notices/test_badges.py); as in desk.css by day.
LABEL_COLOUR = "#3b4754"
COLOURS = {
    "ok": "#1a7f37",
    "waiting": "#8a5a00",
    "partial": "#b34700",
    "major": "#b42318",
    "info": "#1d4ed8",
    "closed": "#57606a",
}
_TONE_OF_VERDICT = {Verdict.MET: "ok", Verdict.MISSED: "major", Verdict.NONE: "info"}
# Shares of the size of the letters.
_NARROW, _MIDDLE, _WIDE = 0.36, 0.58, 0.86
_NARROW_LETTERS = frozenset(" .,:;!'|()[]/ijlftrI-–·،؛٫٬اآأإدذرزژول")
_WIDE_LETTERS = frozenset("mwMW@%٪سشصض—…")


@dataclass(frozen=True, slots=True)
class Part:
    """One half of a badge: its words, how long they are, and where their middle is."""

    text: str
    length: int
    x: str


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says: of what, and how that is; the tone adds a sign and a colour."""

    label: str
    message: str
    tone: str

    def svg(self) -> str:
        """The picture, in the direction of the active language."""
        right_to_left = get_language_bidi()
        label, message = _cut(self.label), _cut(self.message)
        label_width = _length(label) + 2 * _PAD
        message_width = _length(message) + 2 * _PAD + _SIGN + _GAP
        width = label_width + message_width
        label_start = message_width if right_to_left else 0
        message_start = 0 if right_to_left else label_width
        sign_start = message_width - _PAD - _SIGN if right_to_left else message_start + _PAD
        words_start = message_start + _PAD + (0 if right_to_left else _SIGN + _GAP)
        context = {
            "whole": f"{plain(self.label)}: {plain(self.message)}",
            "width": width,
            "height": HEIGHT,
            "language": get_language(),
            "direction": "rtl" if right_to_left else "ltr",
            "label": _part(label, label_start + _PAD),
            "label_width": label_width,
            "message": _part(message, words_start),
            "colour": COLOURS[self.tone],
            "label_colour": LABEL_COLOUR,
            "tone": self.tone,
            "sign_start": sign_start,
        }
        return render_to_string("notices/badge.svg", context)


def of_desk(found: Overview) -> Badge:
    """All services, in the word for the worst of them."""
    word = _("All in order") if found.worst == "operational" else str(found.worst.label)
    return Badge(_("Services"), word, found.tone)


def of_service(line: ServiceLine) -> Badge:
    """One service as it stands now."""
    return Badge(str(line.service), str(line.state.label), TONE_OF_SERVICE_STATE[line.state])


def of_month(service: Service, line: MonthLine) -> Badge:
    """The availability of a service in a closed month, and whether that kept what is promised."""
    label = _("%(service)s, %(month)s") % {"service": service, "month": line.month.label}
    if line.percent is None:
        return Badge(label, _("no figures yet"), "closed")
    said = [percent_text(line.percent), verdict_word(line.verdict, running=False)]
    return Badge(label, " · ".join(filter(None, said)), _TONE_OF_VERDICT[line.verdict])


def unknown() -> Badge:
    """What there is no service for."""
    return Badge(_("Services"), _("no such service"), "closed")


def _part(text: str, start: int) -> Part:
    length = _length(text)
    return Part(text, length, f"{start + length / 2:g}")


def _cut(text: str) -> str:
    clean = plain(text)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 1].rstrip()}…"


def _length(text: str) -> int:
    """About how wide words are, in whole pixels."""
    return round(sum(map(_share, text)) * _SIZE) or 1


def _share(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Cf"):
        return 0
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _WIDE if letter in _WIDE_LETTERS else _MIDDLE
