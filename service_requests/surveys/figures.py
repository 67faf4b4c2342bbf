"""Counting released answers, and which of the figures may be shown.

Only months that are over are counted: a figure that grows today would point at whoever was rated
today. Figures follow the questions by their key through all versions of a survey.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.core.cache import cache
from django.utils import timezone

from desk_core.page_cache.generation import shared_generation
from desk_core.suppression import FEWEST
from desk_core.suppression_tables import Base, Pattern, patterns_of, shown_figures
from service_requests.enums import SurveyPurpose
from service_requests.models import PendingAnswer, SurveyAnswer
from service_requests.surveys import composing
from service_requests.surveys.questions import (
    CSAT,
    DETRACTORS_TO,
    NPS,
    PROMOTERS_FROM,
    SATISFIED_FROM,
    TEXT,
    Question,
    Words,
)
from sla import months

_CHUNK, _KEPT_SECONDS = 2_000, 600
#: department, kind, month; an empty value is the whole desk.
WHOLE: Pattern = (None, None, None)
_MONTH = 2
Tallies = dict[Base, Counter[int | str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """What `count` people answered to one question: how many what."""

    question: Question
    counts: Mapping[int | str, int]

    @property
    def count(self) -> int:
        """How many answered it."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The mean grade; of satisfaction alone."""
        if self.question.type != CSAT or not self.count:
            return None
        return sum(int(value) * n for value, n in self.counts.items()) / self.count

    @property
    def satisfied(self) -> int:
        """How many are satisfied or very satisfied."""
        return sum(n for value, n in self.counts.items() if int(value) >= SATISFIED_FROM)

    @property
    def satisfied_percent(self) -> float | None:
        """The share of them."""
        if self.question.type != CSAT or not self.count:
            return None
        return 100 * self.satisfied / self.count

    @property
    def recommendation(self) -> float | None:
        """The net promoter score, -100 … 100."""
        if self.question.type != NPS or not self.count:
            return None
        for_it = sum(n for value, n in self.counts.items() if int(value) >= PROMOTERS_FROM)
        against = sum(n for value, n in self.counts.items() if int(value) <= DETRACTORS_TO)
        return 100 * (for_it - against) / self.count

    @property
    def score(self) -> float | None:
        """What stands for the figure: the share of the satisfied, or the net promoter score."""
        return self.satisfied_percent if self.question.type == CSAT else self.recommendation


@dataclass(frozen=True)
class QuestionFigures:
    """One question with everything that was answered to it."""

    question: Question
    tallies: Tallies = field(repr=False)

    @cached_property
    def shown(self) -> frozenset[Pattern]:
        """Which figures may be shown beside each other."""
        return shown_figures({base: sum(one.values()) for base, one in self.tallies.items()})

    @cached_property
    def _summed(self) -> dict[Pattern, Counter[int | str]]:
        found: dict[Pattern, Counter[int | str]] = defaultdict(Counter)
        for base, counts in self.tallies.items():
            for pattern in patterns_of(base):
                if pattern in self.shown:
                    found[pattern].update(counts)
        return found

    def at(self, pattern: Pattern = WHOLE) -> Figure | None:
        """The figure of a pattern; None where it may not be shown."""
        if pattern not in self.shown:
            return None
        counts = self._summed[pattern]
        found = {value: counts.get(value, 0) for value in self.question.values}
        # Of a choice that was taken away since, the answers are counted in no figure.
        return Figure(self.question, found) if sum(found.values()) >= FEWEST else None

    def values(self, place: int) -> list[str]:
        """The departments (0), kinds (1) or months (2) in which anybody answered."""
        return sorted({base[place] for base in self.tallies if base[place]})


def window(at: datetime | None = None) -> list[str]:
    """The twelve Jalali months that are over, oldest first, as they are kept."""
    return [
        months.iso(each) for each in months.twelve_before(months.month_of(at or timezone.now()))
    ]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was answered, by purpose and key of the question; departments' names by their key."""

    by_purpose: dict[str, dict[str, Tallies]]
    names: dict[str, Words]

    def tallies(self, purpose: str, wanted: Collection[str]) -> dict[str, Tallies]:
        """What was answered about one purpose in some of these months alone, by question."""
        kept = frozenset(wanted)
        found = {
            key: {base: one for base, one in tallies.items() if base[_MONTH] in kept}
            for key, tallies in self.by_purpose[purpose].items()
        }
        return {key: tallies for key, tallies in found.items() if tallies}


def counted(wanted: list[str], *, kept: bool = False) -> Counts:
    """What was answered in some months. One query.

    `kept` for doors without a page cache in front: for some minutes the same counts are given, or
    until anything that public pages show changes.
    """
    if not kept:
        return _count(wanted)
    key = f"desk-survey:{shared_generation()}:{wanted[0]}:{wanted[-1]}"
    found = cache.get(key)
    if found is None:
        found = _count(wanted)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def of_book(book: composing.Book, counts: Mapping[str, Tallies]) -> list[QuestionFigures]:
    """Every question that was answered, as last worded, those asked now first; no words."""
    return [
        QuestionFigures(question, counts[key])
        for key, question in book.questions().items()
        if key in counts and question.type != TEXT
    ]


def _count(wanted: list[str]) -> Counts:
    """One pass over the answers; memory for the combinations, not for the answers."""
    found: dict[str, dict[str, Tallies]] = {each: {} for each in SurveyPurpose.values}
    names: dict[str, Words] = {}
    # Of a month of which something still waits nothing is counted: no figure grows by a few.
    waiting = PendingAnswer.objects.filter(month__in=wanted).order_by().values("month")
    rows = SurveyAnswer.objects.filter(month__in=wanted).exclude(month__in=waiting).order_by()
    places = ("department__key", "department__name", "department__name_en")
    facts = rows.values_list("purpose", *places, "kind", "month", "answers")
    for purpose, department, *name, kind, month, answers in facts.iterator(chunk_size=_CHUNK):
        if department and department not in names:
            names[department] = Words(*name)
        for key, value in answers.items():
            tallies = found[purpose].setdefault(key, {})
            tallies.setdefault((department or "", kind, month), Counter())[value] += 1
    return Counts(found, names)
