"""What the pages and the API show of a version: text, state, signatures, neighbours."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from persian.digits import localised
from persian.jalali import format_date
from sla.document import Clause, Document, Party
from sla.enums import BINDING_STATES, SIGNED_STATES, Ending, State
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.consent import ConsentLetter
from sla.models.signatures import Signature
from sla.models.termination import Termination
from sla.plain import (
    clause_plain,
    outages_plain,
    party_plain,
    signature_plain,
    target_plain,
    validity_plain,
)
from sla.reading import url_of, versions_for
from sla.sentences import outage_sentence, sentence
from sla.sequence import gaps_of, precedence, said_of
from sla.state import Facts, days_left, state_on, today
from sla.succession import gap_sentence
from sla.targets import Target
from sla.tones import TONES

if TYPE_CHECKING:
    from sla.models.pages import AgreementPage


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another version of the agreement, or the same one in a list; `url` where it has a page."""

    version: AgreementVersion
    facts: Facts
    state: State
    url: str

    @property
    def tone(self) -> str:
        """Its tone on the face."""
        return TONES[self.state]

    @property
    def valid_from(self) -> date | None:
        """Its first day, known once it is signed."""
        return self.facts.starts or self.facts.valid_from

    @property
    def valid_to(self) -> date | None:
        """Its last day, by its own text."""
        return self.facts.valid_to


@dataclass(frozen=True, slots=True)
class Side:
    """A party and its signature, if it has signed."""

    party: Party
    signature: Signature | None
    letter_url: str = ""


class Shown:
    """One version as a page shows it, on one day. Everything is read when first asked for."""

    def __init__(
        self, page: "AgreementPage", *, request: HttpRequest | None = None, on: date | None = None
    ) -> None:
        self.page = page
        self.request = request
        self.on = on or today()

    @cached_property
    def document(self) -> Document:
        """The text; sealed once it is signed."""
        return self.page.document

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses, in order."""
        return self.document.clauses

    @cached_property
    def siblings(self) -> list[AgreementVersion]:
        """The versions of the agreement that everybody may read, newest first."""
        if self.page.version_id is None:
            return []
        if self.request is not None:
            own = self.page.version.agreement_id
            return [row for row in versions_for(self.request) if row.agreement_id == own]
        return list(
            AgreementVersion.objects.readable()
            .filter(agreement_id=self.page.version.agreement_id)
            .with_facts()
            .order_by("-number")
        )

    @cached_property
    def facts(self) -> Facts:
        """What the state depends on."""
        if self.page.version_id is None:
            return Facts(offered=False)
        return self.page.version.facts(siblings=self.siblings)

    @cached_property
    def state(self) -> State:
        """The state on the day."""
        return state_on(self.facts, self.on)

    @property
    def tone(self) -> str:
        """The tone of the state."""
        return TONES[self.state]

    @property
    def signed(self) -> bool:
        """Whether everybody who has to sign has signed."""
        return self.state in SIGNED_STATES

    @property
    def binding(self) -> bool:
        """Whether it is in force on the day."""
        return self.state in BINDING_STATES

    @property
    def days_left(self) -> int | None:
        """Days after today until its last day; None without an end."""
        return days_left(self.facts, self.on)

    @property
    def starts(self) -> date | None:
        """Its first day, as far as it is known."""
        return self.facts.starts or self.facts.valid_from

    @property
    def sentence(self) -> str:
        """The state in one sentence, with the days left."""
        return state_sentence(self.state, self.facts, self.on)

    @cached_property
    def url(self) -> str:
        """The address of the page; "" for a draft."""
        return self.page.get_url(self.request) or "" if self.page.pk and self.page.live else ""

    @cached_property
    def sides(self) -> list[Side]:
        """The parties in order, each with its signature."""
        given = {row.party: row for row in self._signatures}
        own = self.url
        return [
            Side(
                party=party,
                signature=given.get(party.key),
                letter_url=f"{own}letter/{given[party.key].pk}/"
                if own and party.key in given
                else "",
            )
            for party in self.document.parties
        ]

    @cached_property
    def _signatures(self) -> list[Signature]:
        version = self.page.version if self.page.version_id is not None else None
        if version is None or not version.sealed:
            return []
        return list(version.signed_text.signatures.all())

    @property
    def has_seal(self) -> bool:
        """Whether its PDF is under the body's electronic seal; known where a request was read."""
        own = [row for row in self.siblings if row.pk == self.page.version_id]
        return bool(own and vars(own[0]).get("has_seal"))

    @cached_property
    def consent(self) -> list[ConsentLetter]:
        """The letters by which both organisations ended it together; none otherwise."""
        if not self.facts.by_consent:
            return []
        return list(ConsentLetter.objects.filter(end__version_id=self.page.version_id))

    @property
    def termination(self) -> Termination | None:
        """What was announced of its end, with the backup procedure."""
        own = (row for row in self.siblings if row.pk == self.page.version_id)
        return getattr(next(own, None), "termination", None)

    @cached_property
    def others(self) -> list[Neighbour]:
        """The other versions that readers can open, newest first."""
        rows = [row for row in self.siblings if row.pk != self.page.version_id]
        if self.request is not None:
            found = neighbours_for(self.request, rows, self.siblings, self.on)
        else:
            found = neighbours(rows, self.siblings, self.on, self.page.locale_id, None)
        return [one for one in found if one.url]

    @cached_property
    def sequence(self) -> list[str]:
        """What a reader is told of its place among the other versions, a sentence each."""
        if self.page.version_id is None:
            return []
        said = said_of(self.page.version, self.siblings, self.facts)
        return [*said, *filter(None, [precedence(self.page.version)])]

    @property
    def signed_text_url(self) -> str:
        """For a translation: where the text that is signed stands."""
        if self.request is not None:
            own: list[Any] = [row for row in self.siblings if row.pk == self.page.version_id]
            return url_of(self.request, *((own[0].path_signed, own[0].path_other) if own else ()))
        return page_urls([self.page.version_id], None, None).get(self.page.version_id, "")

    @property
    def targets(self) -> list[tuple[Target, str]]:
        """The targets, each with its sentence in the language of the page."""
        language = self.document.language
        return [(target, sentence(target, language)) for target in self.document.targets]

    @property
    def outages(self) -> str:
        """What clocks do while an outage lasts; "" where they run on."""
        return outage_sentence(self.document.outages, self.document.language)

    # For the API: plain values

    def validity(self) -> dict[str, Any]:
        """First and last day, how it ends, days left, an end that is announced."""
        return validity_plain(self.facts, self.document, self.on)

    def parties_data(self) -> list[dict[str, Any]]:
        """The parties."""
        return [party_plain(party) for party in self.document.parties]

    def clauses_data(self) -> list[dict[str, Any]]:
        """The clauses, their text as HTML."""
        return [clause_plain(clause) for clause in self.clauses]

    def targets_data(self) -> list[dict[str, Any]]:
        """The promises, each with its sentence in the language of the text."""
        return [target_plain(target, self.document.language) for target in self.document.targets]

    def outages_data(self) -> dict[str, str]:
        """The rule for outages, and its sentence; "" where clocks run on."""
        return outages_plain(self.document)

    def signatures_data(self) -> list[dict[str, Any]]:
        """Who signed, for whom, when, by which letter."""
        return [signature_plain(row) for row in self._signatures]

    def versions_data(self) -> list[dict[str, Any]]:
        """All versions that the public may read, newest first, with state and days."""
        own = page_urls([row.pk for row in self.siblings], self.page.locale_id, None)
        found = []
        for row in self.siblings:
            facts = row.facts(siblings=self.siblings)
            one = Neighbour(row, facts, state_on(facts, self.on), own.get(row.pk, ""))
            if one.url or facts.signed_on is not None:
                found.append(
                    {
                        "number": row.number,
                        "state": one.state.value,
                        "from": one.valid_from.isoformat() if one.valid_from else None,
                        "to": one.valid_to.isoformat() if one.valid_to else None,
                        "url": one.url or None,
                    }
                )
        return found


def state_sentence(state: State, facts: Facts, on: date) -> str:
    """A state in one sentence, with its date; a second one where an end is announced."""
    said = _sentence(state, facts, on)
    announced = unconfirmed_end(state, facts)
    if announced is None:
        return said
    values = {"said": said, "day": format_date(announced, "long")}
    if announced > on:
        return (
            _(
                "%(said)s Its end on %(day)s has been announced, and is certain only once it is "
                "confirmed."
            )
            % values
        )
    return _("%(said)s Its end was announced for %(day)s and not confirmed, so it holds.") % values


def unconfirmed_end(state: State, facts: Facts) -> date | None:
    """The day of an end that was announced and not confirmed, where it comes before its last."""
    day, last = facts.announced_end, facts.valid_to
    holds = state in {State.IN_FORCE, State.EXPIRING, State.UPCOMING}
    if not holds or day is None or facts.ending_from is not None:
        return None
    return day if last is None or day <= last else None


def _sentence(state: State, facts: Facts, on: date) -> str:
    ends, last = facts.ending_from, facts.valid_to
    in_force = state in (State.IN_FORCE, State.EXPIRING)
    if in_force and ends is not None and (last is None or ends <= last):
        return _("In force; nothing new is registered under it from %(day)s on.") % {
            "day": format_date(ends, "long")
        }
    if state == State.EXPIRING or (state == State.IN_FORCE and facts.valid_to is not None):
        left = days_left(facts, on) or 0
        values = {"days": localised(left), "end": format_date(facts.valid_to or on, "long")}
        if left == 0:
            return _("In force; today is its last day.")
        return (
            ngettext(
                "In force until %(end)s; %(days)s day left.",
                "In force until %(end)s; %(days)s days left.",
                left,
            )
            % values
        )
    dates = {
        State.UPCOMING: facts.starts,
        State.EXPIRED: facts.valid_to,
        State.REPLACED: facts.replaced_from,
        State.ENDING: facts.ending_from,
        State.TERMINATED: facts.terminated_on,
    }
    day = dates.get(state)
    values = {"day": format_date(day, "long") if day else ""}
    sentences = {
        State.DRAFT: _("A draft; it binds nobody yet."),
        State.AWAITING: _("Published and awaiting signature; it is not in force yet."),
        State.UPCOMING: _("Signed; it starts on %(day)s.") % values,
        State.IN_FORCE: _open_sentence(facts.ending),
        State.EXPIRED: _("Its validity ended on %(day)s. All services go on.") % values,
        State.REPLACED: _("Replaced by a later version on %(day)s.") % values,
        State.ENDING: _(
            "It is being ended: since %(day)s nothing new is registered under it. Cases registered "
            "before are dealt with and can be followed."
        )
        % values,
        State.TERMINATED: _("Both organisations ended it by mutual consent on %(day)s.") % values
        if facts.by_consent
        else _("Terminated on %(day)s.") % values,
    }
    return sentences[state]


def _open_sentence(ending: Ending) -> str:
    """Of a version in force without a last day: what ends it, as its own clause says."""
    sentences = {
        Ending.AMENDED: _("In force until it is amended."),
        Ending.REPLACED: _("In force until it is replaced."),
        Ending.CONSENT: _("In force until both organisations agree otherwise."),
    }
    return sentences.get(ending) or _("In force until it is amended or replaced.")


def page_urls(
    versions: list[int], locale_id: int | None, request: HttpRequest | None
) -> dict[int, str]:
    """The address of the page of each version, in this language where there is one: one query."""
    from sla.models.pages import AgreementPage

    found: dict[int, AgreementPage] = {}
    rows = AgreementPage.objects.readable().filter(version_id__in=versions)
    for page in rows.select_related("version", "locale").defer_streamfields():
        signed = page.locale.language_code == page.version.language
        wanted = page.locale_id == locale_id if locale_id is not None else signed
        if wanted or page.version_id not in found:
            found[page.version_id] = page
    return {key: page.get_url(request) or "" for key, page in found.items()}


def neighbours(
    rows: list[AgreementVersion],
    siblings: list[AgreementVersion],
    on: date,
    locale_id: int | None,
    request: HttpRequest | None,
) -> list[Neighbour]:
    """Versions with their states and addresses."""
    urls = page_urls([row.pk for row in rows], locale_id, request) if rows else {}
    found = []
    for row in rows:
        facts = row.facts(siblings=siblings)
        found.append(Neighbour(row, facts, state_on(facts, on), urls.get(row.pk, "")))
    return found


def neighbours_for(
    request: HttpRequest,
    rows: list[AgreementVersion],
    siblings: list[AgreementVersion],
    on: date,
) -> list[Neighbour]:
    """The same of rows that `versions_for` has read: no query."""
    found = []
    for row in rows:
        facts, paths = row.facts(siblings=siblings), vars(row)
        url = url_of(request, paths["path_here"], paths["path_other"])
        found.append(Neighbour(row, facts, state_on(facts, on), url))
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement in the list: its readable versions, newest first, and what is to be said."""

    agreement: Agreement
    versions: list[Neighbour]
    said: list[str]

    @property
    def changes_url(self) -> str:
        """Where what changed is told, once there are two versions."""
        return f"{self.versions[0].url}changes/" if len(self.versions) > 1 else ""


def overview(request: HttpRequest) -> list[Listed]:
    """Every agreement with its readable versions: for the list of agreements."""
    rows = versions_for(request)
    grouped: dict[int, list[Neighbour]] = {}
    for one in neighbours_for(request, rows, rows, today()):
        if one.url:
            grouped.setdefault(one.version.agreement_id, []).append(one)
    found = []
    for agreement_id, versions in grouped.items():
        own = [row for row in rows if row.agreement_id == agreement_id]
        said = [gap_sentence(gap) for gap in gaps_of(own)]
        first = versions[0].version
        said += filter(None, [precedence(first)])
        found.append(Listed(first.agreement, versions, said))
    return found
