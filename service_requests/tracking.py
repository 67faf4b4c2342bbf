"""A citizen's short session in their one case (R25): twenty minutes idle, two hours at most."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from service_requests.models import CaseNotice, Credential, TrackingSession

IDLE = timedelta(minutes=20)
ABSOLUTE = timedelta(hours=2)
# A session is marked as used once a minute at most: reading need not write.
_STEP = timedelta(minutes=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def open_session(*, credential: Credential) -> tuple[str, TrackingSession]:
    """Begin a session; returns the token, which goes into the cookie and nowhere else."""
    token = secrets.token_urlsafe(32)
    before = (
        TrackingSession.objects.filter(credential__case_id=credential.case_id)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    session = TrackingSession.objects.create(
        token_digest=_digest(token), credential=credential, opened_before=before
    )
    return token, session


def get_session(token: str) -> TrackingSession | None:
    """The session of a token with its case, kept alive by this use; None when it is over."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    now = timezone.now()
    links = CaseNotice.objects.active().filter(case=OuterRef("credential__case"))
    session = (
        TrackingSession.objects.alive(now)
        .select_related(
            "credential__case__department",
            "credential__case__service",
            "credential__case__subject_key",
        )
        .annotate(about_notices=Exists(links))
        .filter(token_digest=_digest(token))
        .first()
    )
    if session is not None and session.last_seen_at < now - _STEP:
        TrackingSession.objects.filter(pk=session.pk).update(last_seen_at=now)
        session.last_seen_at = now
    return session


def close(*, session: TrackingSession) -> None:
    """End a session. Safe to repeat."""
    TrackingSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=timezone.now())


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"desk:session:" + token.encode()).hexdigest()
