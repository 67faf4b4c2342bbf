"""Settings of `notices`, read when asked so that tests and deployments can change them."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from notices.availability import weeks
from notices.availability.announced import WEIGHTS, Rules
from notices.availability.engine import WHOLE
from notices.availability.hours import ServiceHours
from notices.availability.weeks import OwnWeek
from notices.enums import Impact
from notices.state import Window


def banner_window() -> Window:
    """From how long before its start until how long after its end a notice is on the banner.

    `DESK_NOTICES_BEFORE_HOURS` (72) and `DESK_NOTICES_AFTER_HOURS` (6), in hours. Raises
    ImproperlyConfigured for others.
    """
    return Window(
        before=timedelta(hours=_whole("DESK_NOTICES_BEFORE_HOURS", 72, "hours")),
        after=timedelta(hours=_whole("DESK_NOTICES_AFTER_HOURS", 6, "hours")),
    )


def planned_by_two() -> bool:
    """Whether planned maintenance takes a second person: `DESK_NOTICES_PLANNED_BY_TWO` (on).

    A notice of the highest severity always does.
    """
    return bool(getattr(settings, "DESK_NOTICES_PLANNED_BY_TWO", True))


def strict_statuspage() -> bool:
    """Whether the Statuspage API keeps to the words that its vendor publishes.

    `DESK_STATUSPAGE_STRICT` (False): strict readers reject "maintenance" as indicator and impact.
    """
    return bool(getattr(settings, "DESK_STATUSPAGE_STRICT", False))


def availability_rules() -> Rules:
    """The chosen numbers of honest availability; the pages publish them.

    * `DESK_AVAILABILITY_WEIGHTS`: impact to a share of unavailability from "0" to "1", with at most
      three decimals ({"partial": "0.5"}); what is left out keeps its default.
    * `DESK_AVAILABILITY_LEAD_HOURS` (48): so many hours before its start a window has to be
      announced.
    * `DESK_AVAILABILITY_CAP_MINUTES` (480; None: no cap): at most so many minutes of windows are
      excused in a month.

    Raises ImproperlyConfigured for anything else.
    """
    chosen = getattr(settings, "DESK_AVAILABILITY_WEIGHTS", {})
    lead = getattr(settings, "DESK_AVAILABILITY_LEAD_HOURS", 48)
    cap = getattr(settings, "DESK_AVAILABILITY_CAP_MINUTES", 480)
    if not isinstance(lead, int) or lead < 0:
        raise ImproperlyConfigured("DESK_AVAILABILITY_LEAD_HOURS is a number of hours.")
    if cap is not None and (not isinstance(cap, int) or cap < 0):
        raise ImproperlyConfigured("DESK_AVAILABILITY_CAP_MINUTES is a number of minutes, or None.")
    weights = dict(WEIGHTS)
    for name, value in chosen.items():
        if name not in Impact.values or name == Impact.NONE:
            raise ImproperlyConfigured(
                f"DESK_AVAILABILITY_WEIGHTS: “{name}” is no impact to weigh."
            )
        weights[Impact(name)] = _thousandths(name, value)
    if sorted(weights.values()) != [weights[impact] for impact in Impact]:
        raise ImproperlyConfigured("DESK_AVAILABILITY_WEIGHTS: a worse impact weighs less.")
    return Rules(weights=weights, lead=timedelta(hours=lead), cap=cap)


def _thousandths(name: str, value: object) -> int:
    try:
        scaled = Decimal(str(value)) * WHOLE
    except InvalidOperation:
        scaled = Decimal(-1)
    if not scaled.is_finite() or not 0 <= scaled <= WHOLE or scaled != int(scaled):
        raise ImproperlyConfigured(
            f"DESK_AVAILABILITY_WEIGHTS: “{name}” weighs from 0 to 1, with at most three decimals."
        )
    return int(scaled)


def service_hours(key: str, *, electronic: bool) -> ServiceHours:
    """In which hours a service is promised, by its key.

    Electronic services day and night, others in the working hours of their department, unless
    `DESK_AVAILABILITY_HOURS` says otherwise: {"service-key": "always", "office" or a week}.
    Raises ImproperlyConfigured for another value.
    """
    usual = ServiceHours.ALWAYS if electronic else ServiceHours.OFFICE
    chosen = getattr(settings, "DESK_AVAILABILITY_HOURS", {}).get(key, usual)
    if service_week(key) is not None:
        return ServiceHours.WEEK
    if chosen not in (ServiceHours.ALWAYS, ServiceHours.OFFICE):
        raise ImproperlyConfigured(
            f"DESK_AVAILABILITY_HOURS: “{key}” is promised “always”, “office” or in a week."
        )
    return ServiceHours(chosen)


def service_week(key: str) -> OwnWeek | None:
    """The week in which a service is promised, where `DESK_AVAILABILITY_HOURS` gives one.

    {"service-key": {"saturday": "8-20", …, "holidays": "closed"}}: a day left out has no hours; a
    public holiday is a day like any other unless it is closed. Raises ImproperlyConfigured.
    """
    chosen = getattr(settings, "DESK_AVAILABILITY_HOURS", {}).get(key)
    if not isinstance(chosen, dict):
        return None
    try:
        return weeks.read(chosen)
    except ValueError as error:
        raise ImproperlyConfigured(f"DESK_AVAILABILITY_HOURS: “{key}”: {error}.") from None


def availability_since() -> datetime | None:
    """`DESK_AVAILABILITY_SINCE`, an ISO moment with its zone: from when on faults are known here.

    None (the default): from the first publication of the place for notices or of the first notice,
    and of a service not before that of its own page. Raises ImproperlyConfigured for what is no
    such moment.
    """
    text = getattr(settings, "DESK_AVAILABILITY_SINCE", None)
    if not text:
        return None
    try:
        moment = parse_datetime(str(text))
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        raise ImproperlyConfigured("DESK_AVAILABILITY_SINCE is a moment with a time zone.")
    return moment


def pending_kept() -> timedelta:
    """How long a subscription that nobody confirmed is kept: `DESK_SUBSCRIPTIONS_PENDING_DAYS`."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_PENDING_DAYS", 3))


def delivery_log_kept() -> timedelta:
    """How long it is known what was sent to whom: `DESK_SUBSCRIPTIONS_LOG_DAYS` (180)."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_LOG_DAYS", 180))


def ended_kept() -> timedelta:
    """How long the sealed contact of an ended subscription is kept, for questions about what was
    sent: `DESK_SUBSCRIPTIONS_ENDED_DAYS` (30)."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_ENDED_DAYS", 30))


def digest_hour() -> int:
    """The hour in Tehran at which digests leave: `DESK_SUBSCRIPTIONS_DIGEST_HOUR` (8).

    Raises ImproperlyConfigured for what is no hour from 0 to 23.
    """
    hour = _whole("DESK_SUBSCRIPTIONS_DIGEST_HOUR", 8, "hours")
    if hour > 23:
        raise ImproperlyConfigured("DESK_SUBSCRIPTIONS_DIGEST_HOUR is an hour from 0 to 23.")
    return hour


def fan_out_batch() -> int:
    """How many subscribers are handed over in one transaction: `DESK_SUBSCRIPTIONS_BATCH`."""
    return getattr(settings, "DESK_SUBSCRIPTIONS_BATCH", 500)


def static_copy_folder() -> str:
    """`DESK_STATIC_COPY_FOLDER` (""): where the copy of the status pages is written.

    Raises ImproperlyConfigured for one that depends on where a command is started.
    """
    folder = str(getattr(settings, "DESK_STATIC_COPY_FOLDER", ""))
    if folder and not Path(folder).is_absolute():
        raise ImproperlyConfigured("DESK_STATIC_COPY_FOLDER is a path from the root.")
    return folder


def static_copy_storage() -> str:
    """`DESK_STATIC_COPY_STORAGE` (""): the alias in STORAGES that the copy is written to.

    Raises ImproperlyConfigured for an alias that is not there, or whose options are not the
    storage's own.
    """
    alias = str(getattr(settings, "DESK_STATIC_COPY_STORAGE", ""))
    if alias and alias not in settings.STORAGES:
        raise ImproperlyConfigured(f"DESK_STATIC_COPY_STORAGE: “{alias}” is not in STORAGES.")
    try:
        if alias:
            storages[alias]  # it looks at its options when it is made
    except (ImproperlyConfigured, TypeError) as error:
        text = f"DESK_STATIC_COPY_STORAGE, DESK_STATIC_COPY_S3: {error}"
        raise ImproperlyConfigured(text) from error
    return alias


def static_copy_every() -> timedelta:
    """`DESK_STATIC_COPY_MINUTES` (10): the copy is made anew so often, even if nothing changes."""
    return _minutes("DESK_STATIC_COPY_MINUTES", 10)


def static_copy_stale_after() -> timedelta:
    """`DESK_STATIC_COPY_STALE_MINUTES` (60): from then on the copy says that it may be wrong.

    Raises ImproperlyConfigured where that is before the next copy is made.
    """
    stale = _minutes("DESK_STATIC_COPY_STALE_MINUTES", 60)
    if stale <= static_copy_every():
        raise ImproperlyConfigured(
            "DESK_STATIC_COPY_STALE_MINUTES is more than DESK_STATIC_COPY_MINUTES."
        )
    return stale


def static_copy_whole_every() -> timedelta:
    """After so long all pages in a storage are sent again, so that their age means something.

    Half of what is left between two rounds and the age from which the copy warns of itself: a page
    that is left as it is in one round never comes to that age before the next.
    """
    return (static_copy_stale_after() - static_copy_every()) / 2


def _whole(name: str, default: int, unit: str) -> int:
    value = getattr(settings, name, default)
    if not isinstance(value, int) or value < 0:
        raise ImproperlyConfigured(f"{name} is a number of {unit}, 0 or more.")
    return value


def _minutes(name: str, default: int) -> timedelta:
    value = getattr(settings, name, default)
    if not isinstance(value, int) or value < 1:
        raise ImproperlyConfigured(f"{name} is a number of minutes, 1 or more.")
    return timedelta(minutes=value)
