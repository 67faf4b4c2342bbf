"""Which tone of the face shows which state of an agreement."""

from sla.enums import State

TONES = {
    State.DRAFT: "closed",
    State.AWAITING: "waiting",
    State.UPCOMING: "info",
    State.IN_FORCE: "ok",
    State.EXPIRING: "waiting",
    State.EXPIRED: "major",
    State.REPLACED: "closed",
    State.ENDING: "waiting",
    State.TERMINATED: "closed",
}
