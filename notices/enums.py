"""The fixed vocabularies of notices, with the groups of states that belong together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What is told: a fault (R29), planned unavailability (R28), plain news, or a danger outside.

    A warning is about roads and towns, not about a service of the desk: an avalanche on a pass, a
    bridge that is closed. Its words are those of the Common Alerting Protocol (CAP 1.2).
    """

    OUTAGE = "outage", _("Outage")
    MAINTENANCE = "maintenance", _("Planned maintenance")
    ANNOUNCEMENT = "announcement", _("Announcement")
    WARNING = "warning", _("Road or urban warning")


class Impact(models.TextChoices):
    """What a reader of one service feels of it; ordered from nothing to everything."""

    NONE = "none", _("No effect")
    DEGRADED = "degraded", _("Slow or faulty")
    PARTIAL = "partial", _("Partly unavailable")
    MAJOR = "major", _("Unavailable")


class Severity(models.TextChoices):
    """How heavy the whole notice weighs, in the words that Statuspage readers know."""

    NONE = "none", _("Information")
    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class UpdateState(models.TextChoices):
    """What one update says of the notice."""

    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Cause found")
    MONITORING = "monitoring", _("Repaired, being watched")
    RESOLVED = "resolved", _("Resolved")
    SCHEDULED = "scheduled", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    VERIFYING = "verifying", _("Being checked")
    COMPLETED = "completed", _("Completed")
    ANNOUNCED = "announced", _("Announced")
    LIFTED = "lifted", _("Lifted")
    CANCELLED = "cancelled", _("Cancelled")


class Phase(models.TextChoices):
    """Where a notice stands at one instant; never stored, always computed by `notices.state`."""

    ANNOUNCED = "announced", _("Coming")
    RUNNING = "running", _("Running now")
    OVERDUE = "overdue", _("Running, later than expected")
    ENDED = "ended", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


class ServiceState(models.TextChoices):
    """How one service stands now, worst last."""

    OPERATIONAL = "operational", _("In order")
    MAINTENANCE = "maintenance", _("Planned maintenance")
    DEGRADED = "degraded", _("Slow or faulty")
    PARTIAL = "partial", _("Partly unavailable")
    MAJOR = "major", _("Unavailable")


class Event(models.TextChoices):
    """What a warning warns of; a fixed list, so that machines can tell one from another."""

    ROAD_CLOSED = "road_closed", _("Road closed")
    ROAD_WORKS = "road_works", _("Road works")
    BRIDGE = "bridge", _("Bridge or tunnel unsafe")
    SNOW = "snow", _("Snow or ice on the road")
    AVALANCHE = "avalanche", _("Avalanche")
    LANDSLIDE = "landslide", _("Landslide or rockfall")
    FLOOD = "flood", _("Flood")
    VISIBILITY = "visibility", _("Fog or dust")
    CRASH = "crash", _("Traffic accident")
    BUILDING = "building", _("Unsafe building or excavation")
    OTHER = "other", _("Other danger")


class Certainty(models.TextChoices):
    """How sure a warning is, in the words of CAP 1.2."""

    OBSERVED = "observed", _("Observed")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")
    UNLIKELY = "unlikely", _("Unlikely")
    UNKNOWN = "unknown", _("Unknown")


class Repeats(models.TextChoices):
    """The forms of recurring maintenance; "month" is a month of the Jalali calendar."""

    JALALI_WEEKDAY = "jalali_weekday", _("A day of the week in each month (first Friday …)")
    JALALI_DAY = "jalali_day", _("A day of each month (the tenth …)")
    RRULE = "rrule", _("By a rule (RRULE)")


class SubscriptionState(models.TextChoices):
    """Where a subscription stands; only an active one is told of anything."""

    PENDING = "pending", _("Waiting for confirmation")
    ACTIVE = "active", _("Active")
    QUARANTINED = "quarantined", _("Stopped after failures")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    """Why a subscription ended."""

    OWN_WISH = "own_wish", _("The subscriber's own wish")
    STAFF = "staff", _("Ended by staff")
    OVER = "over", _("The notice that it followed is over")


class StaffReason(models.TextChoices):
    """Why staff end a subscription: chosen, so that nothing personal gets into the audit trail."""

    ASKED = "subscriber_asked", _("The subscriber asked for it at the desk")
    STRANGER = "contact_of_a_stranger", _("The contact belongs to somebody else")
    MISUSE = "subscription_misused", _("Misuse")


class CodePurpose(models.TextChoices):
    """What a one-time code opens."""

    CONFIRM = "confirm", _("Confirm a subscription")
    MANAGE = "manage", _("Change a subscription")


class Step(models.TextChoices):
    """What an event is in the life of its notice; subscribers choose among these."""

    OPENED = "opened", _("When it is announced")
    UPDATED = "updated", _("When there is news of it")
    RESOLVED = "resolved", _("When it is over or called off")


class Occasion(models.TextChoices):
    """What made an event happen."""

    FIRST = "first", _("First publication")
    UPDATE = "update", _("News of the notice")
    EDIT = "edit", _("Changed text")
    BEGUN = "begun", _("Begun")
    ENDED = "ended", _("Ended")


class Outcome(models.TextChoices):
    """What became of one event for one subscriber; empty: not known yet."""

    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# States in which a contact is taken: one such subscription for each.
LIVING_STATES = (SubscriptionState.ACTIVE, SubscriptionState.QUARANTINED)

# Phases in which the notice is in force.
ACTIVE_PHASES = (Phase.RUNNING, Phase.OVERDUE)
# Phases after which nothing is added any more.
OVER_PHASES = (Phase.ENDED, Phase.CANCELLED)

# Which states an editor may post for which kind, in their usual order.
STATES_OF_KIND: dict[Kind, tuple[UpdateState, ...]] = {
    Kind.OUTAGE: (
        UpdateState.INVESTIGATING,
        UpdateState.IDENTIFIED,
        UpdateState.MONITORING,
        UpdateState.RESOLVED,
    ),
    Kind.MAINTENANCE: (
        UpdateState.SCHEDULED,
        UpdateState.IN_PROGRESS,
        UpdateState.VERIFYING,
        UpdateState.COMPLETED,
    ),
    Kind.ANNOUNCEMENT: (UpdateState.ANNOUNCED, UpdateState.COMPLETED),
    Kind.WARNING: (UpdateState.ANNOUNCED, UpdateState.LIFTED),
}
# Kinds that make services unavailable; the others tell of something and touch no service's state.
KINDS_WITH_IMPACT = (Kind.OUTAGE, Kind.MAINTENANCE)
# Kinds that must say when they end.
KINDS_WITH_END = (Kind.MAINTENANCE, Kind.WARNING)
# The state that ends a notice of each kind.
CLOSING_STATE: dict[Kind, UpdateState] = {
    kind: states[-1] for kind, states in STATES_OF_KIND.items()
}

SEVERITY_OF_IMPACT: dict[Impact, Severity] = {
    Impact.NONE: Severity.NONE,
    Impact.DEGRADED: Severity.MINOR,
    Impact.PARTIAL: Severity.MAJOR,
    Impact.MAJOR: Severity.CRITICAL,
}


class MonitorKind(models.TextChoices):
    """Which product a source of alerts is, and so which payload it sends."""

    ALERTMANAGER = "alertmanager", _("Prometheus Alertmanager")
    GRAFANA = "grafana", _("Grafana")
    UPTIME_KUMA = "uptime_kuma", _("Uptime Kuma")
    GOOGLE_CLOUD = "google_cloud", _("Google Cloud Monitoring")
    HEARTBEAT = "heartbeat", _("Heartbeat")
    PROBE = "probe", _("Own probe")


class ProposalState(models.TextChoices):
    """What became of what a monitor proposed; whether it still fires is a question of its end."""

    OPEN = "open", _("Waiting for a decision")
    TAKEN_UP = "taken_up", _("Taken up as a notice")
    DISMISSED = "dismissed", _("Dismissed")
    RECOVERED = "recovered", _("Recovered by itself")


# Kinds that post to the desk, and so have a token; the desk itself visits the others.
POSTING_KINDS = tuple(kind for kind in MonitorKind if kind != MonitorKind.PROBE)


class CopyFailure(models.TextChoices):
    """Why the static copy of the status pages could not be written; all that staff are told."""

    SITE = "site", _("The pages of the site could not be read")
    FOLDER = "folder", _("The folder could not be written")
    STORAGE = "storage", _("The storage could not be written")
