"""Which tone, sign and word stand for what: a state is never colour alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.enums import (
    ACTIVE_PHASES,
    KINDS_WITH_IMPACT,
    Impact,
    Kind,
    Phase,
    ServiceState,
    Severity,
)

TONE_OF_SERVICE_STATE = {
    ServiceState.OPERATIONAL: "ok",
    ServiceState.MAINTENANCE: "info",
    ServiceState.DEGRADED: "waiting",
    ServiceState.PARTIAL: "partial",
    ServiceState.MAJOR: "major",
}
_TONE_OF_IMPACT = {
    Impact.NONE: "info",
    Impact.DEGRADED: "waiting",
    Impact.PARTIAL: "partial",
    Impact.MAJOR: "major",
}
_TONE_OF_SEVERITY = {
    Severity.NONE: "info",
    Severity.MINOR: "waiting",
    Severity.MAJOR: "partial",
    Severity.CRITICAL: "major",
}
_BEFORE = {
    Kind.OUTAGE: _("Expected outage"),
    Kind.MAINTENANCE: _("Planned maintenance"),
    Kind.ANNOUNCEMENT: _("Announcement"),
    Kind.WARNING: _("Warning"),
}
_DURING = {
    Kind.OUTAGE: _("Outage"),
    Kind.MAINTENANCE: _("Maintenance under way"),
    Kind.ANNOUNCEMENT: _("Announcement"),
    Kind.WARNING: _("Warning"),
}
_AFTER = {
    Kind.OUTAGE: _("Resolved"),
    Kind.MAINTENANCE: _("Maintenance completed"),
    Kind.ANNOUNCEMENT: _("Over"),
    Kind.WARNING: _("Lifted"),
}

_CANCELLED = {
    Kind.OUTAGE: _("Outage cancelled"),
    Kind.MAINTENANCE: _("Maintenance cancelled"),
    Kind.ANNOUNCEMENT: _("Announcement cancelled"),
    Kind.WARNING: _("Warning cancelled"),
}


def tone(kind: Kind, impact: Impact, phase: Phase, severity: Severity = Severity.NONE) -> str:
    """The design system's tone of a notice; `severity` counts for warnings alone."""
    if phase == Phase.ENDED:
        return "ok" if kind in KINDS_WITH_IMPACT else "closed"
    if phase == Phase.CANCELLED:
        return "closed"
    if kind == Kind.WARNING:
        return _TONE_OF_SEVERITY[severity]
    if kind != Kind.OUTAGE:
        return "info"
    return "waiting" if phase == Phase.ANNOUNCED else _TONE_OF_IMPACT[impact]


def heading(kind: Kind, phase: Phase) -> Promise | str:
    """The word in front of the title: what this is, at this moment."""
    if phase == Phase.CANCELLED:
        return _CANCELLED[kind]
    if phase == Phase.ANNOUNCED:
        return _BEFORE[kind]
    return _DURING[kind] if phase in ACTIVE_PHASES else _AFTER[kind]


def icon(kind: Kind, impact: Impact, phase: Phase, severity: Severity = Severity.NONE) -> str:
    """The name of the sign; its shape says the tone without colour."""
    if kind == Kind.MAINTENANCE and phase not in (Phase.ENDED, Phase.CANCELLED):
        return "wrench"
    chosen = tone(kind, impact, phase, severity)
    return "info" if chosen == "info" else chosen
