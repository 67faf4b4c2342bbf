"""Last year's facts of a version's promises in words, for whoever drafts its successor (R36)."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from sla.document import Document
from sla.performance.figures import Figure
from sla.performance.showing import Performance
from sla.performance.tables import verdict_word
from sla.performance.words import percent_text


def year_facts(document: Document, version_id: int, first: date, last: date) -> Mapping[str, str]:
    """What the reports of the last twelve months say of each promise; a provider of
    `sla.facts_beside`. The months are those that the performance page shows."""
    lines = Performance(version_id, document.targets).lines
    return {line.target.key: text for line in lines if (text := _words(line.year))}


def _words(figure: Figure) -> str:
    if figure.percent is None:
        return ""
    values = {"share": percent_text(figure.percent), "verdict": verdict_word(figure)}
    return _("%(share)s – %(verdict)s") % values
