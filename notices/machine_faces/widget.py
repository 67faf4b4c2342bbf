"""The box as a script for pages of other sites, and the data that the script asks for."""

import json
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from notices.boxes import Box
from notices.machine_faces.desk import Desk

CONTENT_TYPE = "text/javascript; charset=utf-8"


def data(desk: Desk, box: Box) -> dict[str, Any]:
    """What the box shows; words alone, nothing that is markup. No time: the tag tells what is new.

    Addresses are whole ones, for they are read on another site.
    """
    return {
        "name": box.name,
        "sentence": box.sentence,
        "tone": box.tone,
        "url": desk.request.build_absolute_uri(box.path),
        "notices": [
            {
                "heading": each.heading,
                "title": each.title,
                "when": each.when,
                "tone": each.tone,
                "phase": str(each.phase.value),
                "url": desk.link(each),
            }
            for each in box.notices
        ],
        "more": box.more,
    }


def script() -> str:
    """The script with what it needs before there is an answer, without comments and indentation."""
    places = {code: _place(code) for code, _name in settings.LANGUAGES}
    found = json.dumps(places, ensure_ascii=False, separators=(",", ":"))
    text = render_to_string("notices/widget.js", {"places": found})
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _place(language: str) -> dict[str, str]:
    with override(language):
        return {
            "path": reverse("notices:status"),
            "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "name": _("State of the services"),
            "away": _("The service desk does not answer at present."),
            "unknown": _("There is no such service."),
            "old": _("No answer since; last read"),
            "more": _("All notices"),
        }
