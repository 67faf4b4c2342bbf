"""After the first publication everything that is said about a notice goes through here.

Each verb is one short transaction, refuses what cannot be with a message per field, and may be
repeated: the same client key gives the same update and changes nothing the second time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.search import index

from desk_core import page_cache
from notices import impact_changes, rules, transitions
from notices.approval import approved, break_glass
from notices.enums import (
    CLOSING_STATE,
    OVER_PHASES,
    STATES_OF_KIND,
    Impact,
    Kind,
    Phase,
    UpdateState,
)
from notices.models import Notice, NoticeUpdate, WarningChange
from notices.warnings import changes as warning_changes
from persian.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.utils.functional import Promise

    from cms_pages.models import Service

_OVER = gettext_lazy("This notice is over. Publish a new one for what happens now.")


def post(
    *,
    notice: Notice,
    state: UpdateState | str,
    text: str,
    author: "User | None",
    key: str,
    text_en: str = "",
    starts_at: datetime | None = None,
    expected_end: datetime | None = None,
    ended_at: datetime | None = None,
    impacts: "Mapping[Service | None, Impact | str] | None" = None,
    warned: Mapping[str, str] | None = None,
    alone_because: str = "",
    at: datetime | None = None,
) -> NoticeUpdate:
    """Add an update; with it a new expected end, or the end when `state` is the closing one.

    `key` comes from the client. `starts_at` moves a window that has not opened. `ended_at` is for
    the closing state alone (empty: now). `impacts` says what services suffer from now on (None as
    the key: the whole desk); who is not named keeps the impact that it has. `warned` says of a
    warning what changes of `WarningChange.FACTS`. What makes the notice weigh heaviest, and what
    goes beyond maintenance as two people approved it (`approved`), asks for `alone_because`: one
    person said it, another looks at it afterwards (`break_glass`).
    `at` is the time of the update (now; never before what was said last, should the clock have
    jumped). All times aware. Raises ValidationError with messages per field; then nothing is
    stored.
    """
    with transaction.atomic():
        locked = Notice.objects.select_for_update().get(pk=notice.pk)
        said = list(locked.updates.order_by("at", "pk"))
        if known := next((row for row in said if row.key == key), None):
            return known
        moment = _moment(said, at)
        text, text_en = _clean(text), _clean(text_en)
        closing = state == CLOSING_STATE[Kind(locked.kind)]
        if closing and ended_at is None:
            ended_at = moment
        rules.refuse(_state_errors(locked, said, state, starts_at, moment))
        changes = impact_changes.plan(locked, impacts or {})
        warning = warning_changes.plan(locked, warned or {}, closing=closing)
        wrong_times = _time_errors(locked, closing, starts_at, expected_end, ended_at, moment)
        takes_two: str | Promise = ""
        if changes.heaviest or warning.heaviest:
            takes_two = break_glass.HEAVIEST
        elif not wrong_times and approved.goes_beyond(
            locked, said[0], changes, starts_at=starts_at, expected_end=expected_end
        ):
            takes_two = break_glass.BEYOND
        rules.refuse(
            _text_errors(text, text_en)
            | wrong_times
            | impact_changes.errors(changes, closing=closing)
            | warning.errors
            | break_glass.errors(takes_two, alone_because)
        )
        locked.starts_at = starts_at or locked.starts_at
        locked.expected_end = expected_end or locked.expected_end
        locked.ended_at = ended_at
        update = _write(locked, key, state, text, text_en, author, moment)
        if takes_two:
            break_glass.note(update=update, by=author, reason=alone_because)
        impact_changes.store(changes, update)
        warning_changes.store(warning, update)
    _copy_facts(locked, notice)
    return update


def cancel(
    *,
    notice: Notice,
    text: str,
    author: "User | None",
    key: str,
    text_en: str = "",
    at: datetime | None = None,
) -> NoticeUpdate:
    """Call a notice off. A fault that has begun is not called off but resolved: it happened.

    Raises ValidationError; then nothing is stored.
    """
    with transaction.atomic():
        locked = Notice.objects.select_for_update().get(pk=notice.pk)
        said = list(locked.updates.order_by("at", "pk"))
        if known := next((row for row in said if row.key == key), None):
            return known
        moment = _moment(said, at)
        text, text_en = _clean(text), _clean(text_en)
        phase = locked.phase(moment)
        if phase in OVER_PHASES:
            rules.refuse({"state": str(_OVER)})
        if locked.kind == Kind.OUTAGE and phase != Phase.ANNOUNCED:
            rules.refuse({"state": _("An outage that has begun cannot be cancelled; resolve it.")})
        if UpdateState.CANCELLED not in _following(locked, said, moment):
            rules.refuse({"state": _("What is being checked was done; complete it.")})
        rules.refuse(_text_errors(text, text_en))
        locked.cancelled_at = moment
        update = _write(locked, key, UpdateState.CANCELLED, text, text_en, author, moment)
    _copy_facts(locked, notice)
    return update


def allowed_states(notice: Notice, at: datetime) -> list[UpdateState]:
    """What may be posted now, in the usual order; empty when the notice is over."""
    return _following(notice, notice.updates.order_by("at", "pk"), at)


def _following(
    notice: Notice, said: Iterable[NoticeUpdate], at: datetime, *, begins_now: bool = False
) -> list[UpdateState]:
    posted = [UpdateState(row.state) for row in said]
    return transitions.allowed(notice.facts, posted, at, begins_now=begins_now)


def _moment(said: list[NoticeUpdate], at: datetime | None) -> datetime:
    """The time of an update: never before the last one, whatever the clock of this machine says."""
    moment = at or timezone.now()
    return max(moment, said[-1].at) if said else moment


def _state_errors(
    notice: Notice,
    said: list[NoticeUpdate],
    state: UpdateState | str,
    starts_at: datetime | None,
    moment: datetime,
) -> rules.Errors:
    phase = notice.phase(moment)
    if phase in OVER_PHASES:
        return {"state": str(_OVER)}
    if state not in STATES_OF_KIND[Kind(notice.kind)]:
        return {"state": _("This state does not belong to this kind of notice.")}
    begins_now = starts_at is not None and starts_at <= moment
    if state in _following(notice, said, moment, begins_now=begins_now):
        return {}
    if phase == Phase.ANNOUNCED and not begins_now:
        return {"state": _("This has not begun yet. Change the start first, or cancel it.")}
    return {"state": _("This state cannot follow the state now.")}


def _clean(text: str) -> str:
    """The text as it is stored; one that is far too long is left for the rules to refuse."""
    return normalise(text) if len(text) <= 2 * rules.TEXT_LIMIT else text


def _text_errors(text: str, text_en: str) -> rules.Errors:
    errors = {}
    if not text and not text_en:
        errors["text"] = _("Please write what people should know.")
    for field, value in (("text", text), ("text_en", text_en)):
        if wrong := rules.text_wrong(value):
            errors[field] = wrong
    return errors


def _time_errors(
    notice: Notice,
    closing: bool,
    starts_at: datetime | None,
    expected_end: datetime | None,
    ended_at: datetime | None,
    moment: datetime,
) -> rules.Errors:
    given = {"starts_at": starts_at, "expected_end": expected_end, "ended_at": ended_at}
    errors = {
        field: message
        for field, value in given.items()
        if (message := rules.unlikely(value, moment))
    }
    if errors:
        return errors
    if starts_at is not None and notice.phase(moment) != Phase.ANNOUNCED:
        errors["starts_at"] = _("This has begun; its start cannot be moved any more.")
    start = starts_at or notice.starts_at
    errors |= (
        _closing_errors(start, expected_end, ended_at, moment)
        if closing
        else _open_errors(notice, start, expected_end, ended_at, moment)
    )
    return errors


def _closing_errors(
    start: datetime,
    expected_end: datetime | None,
    ended_at: datetime | None,
    moment: datetime,
) -> rules.Errors:
    errors = {}
    if expected_end is not None:
        errors["expected_end"] = _("What is over has no expected end. Leave this empty.")
    if ended_at is not None and ended_at < start:
        errors["ended_at"] = _("The real end cannot be before the start.")
    if ended_at is not None and ended_at > moment:
        errors["ended_at"] = _("The real end cannot be in the future.")
    return errors


def _open_errors(
    notice: Notice,
    start: datetime,
    expected_end: datetime | None,
    ended_at: datetime | None,
    moment: datetime,
) -> rules.Errors:
    errors = {}
    if ended_at is not None:
        errors["ended_at"] = _("A real end goes only with the closing state.")
    end = expected_end or notice.expected_end
    if end is not None and end <= start:
        errors["expected_end"] = _("The expected end must be after the start.")
    elif expected_end is not None and expected_end <= moment:
        errors["expected_end"] = _("The new expected end must be in the future.")
    return errors


def _write(
    notice: Notice,
    key: str,
    state: UpdateState | str,
    text: str,
    text_en: str,
    author: "User | None",
    moment: datetime,
) -> NoticeUpdate:
    notice.save(update_fields=["starts_at", "expected_end", "ended_at", "cancelled_at"])
    update = NoticeUpdate.objects.create(
        notice=notice,
        key=key,
        state=UpdateState(state),
        text=text,
        text_en=text_en,
        author=author,
        at=moment,
        starts_at=notice.starts_at,
        expected_end=notice.expected_end,
        ended_at=notice.ended_at,
    )
    page_cache.purge()
    transaction.on_commit(lambda: _index_again(notice))
    return update


def _index_again(notice: Notice) -> None:
    """Let the search find the pages by what was said just now."""
    for page in notice.pages.filter(live=True):
        index.insert_or_update_object(page)


def _copy_facts(source: Notice, target: Notice) -> None:
    """The caller's object tells the truth too."""
    for name in (
        *("starts_at", "expected_end", "ended_at", "cancelled_at"),
        *("impact", *WarningChange.FACTS),
    ):
        setattr(target, name, getattr(source, name))
