"""System checks of what the outbox, the vault and the uploads need from the settings.

The secrets are not checked here but before anything starts: see `desk_core.keyring.validate`.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import InvalidStorageError, storages
from django.core.management.base import SystemCheckError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override

from desk_core import certificates, clamd
from desk_core.channels import channel_path
from desk_core.channels.base import Channel
from desk_core.enums import OutboxChannel
from desk_core.guard_cache import GuardCache
from desk_core.throttles import guard_cache

# Caches that drop what still counts when they are full, or that each process has for itself.
FORGETFUL = (DatabaseCache, LocMemCache, FileBasedCache, DummyCache)

SOON = timedelta(days=30)


def check_channels(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E002: DESK_CHANNELS names a class for each way out. E003: its settings are complete."""
    found: list[checks.CheckMessage] = []
    for name in OutboxChannel.values:
        try:
            channel = import_string(channel_path(name))
            fit = issubclass(channel, Channel)
        except (KeyError, ImportError, TypeError, AttributeError):
            fit = False
        if not fit:
            text = f"DESK_CHANNELS[{name!r}] names no channel."
            found.append(checks.Error(text, id="desk_core.E002"))
            continue
        found += [checks.Error(text, id="desk_core.E003") for text in channel.problems()]
    return found


def check_private_storage(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E004: there is a storage "private". E005: it is not the public one."""
    try:
        private = storages["private"]
    except InvalidStorageError:
        return [checks.Error('STORAGES has no "private".', id="desk_core.E004")]
    location = getattr(private, "location", None)
    if location is not None and location == getattr(storages["default"], "location", None):
        return [checks.Error('STORAGES["private"] is the public folder.', id="desk_core.E005")]
    return []


def check_uploads(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """W001: an upload handler of FILE_UPLOAD_HANDLERS writes plain files to a disk."""
    handlers = settings.FILE_UPLOAD_HANDLERS
    if "django.core.files.uploadhandler.TemporaryFileUploadHandler" in handlers:
        return [
            checks.Warning(
                "FILE_UPLOAD_HANDLERS writes uploads to the disk in clear.",
                hint='Put "desk_core.uploads.SealedUploadHandler" in its place.',
                id="desk_core.W001",
            )
        ]
    return []


def check_clamd(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E011: DESK_CLAMD does not say where clamd listens."""
    problem = clamd.problem()
    return [checks.Error(problem, id="desk_core.E011")] if problem else []


def check_certificate(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """W011: the certificate of DESK_SIGNING_PKCS12 does not hold today, or ends within a month."""
    own = certificates.own_certificate()
    if own is None:
        return []
    hint = "PDFs are offered without a signature until DESK_SIGNING_PKCS12 names one that holds."
    now = timezone.now()
    with override("en"):
        problem = own.problem(now)
    if not problem and own.problem(now + SOON):
        problem = f"The certificate ends on {own.certificate.not_valid_after:%Y-%m-%d}."
        hint = "Put its successor in DESK_SIGNING_PKCS12 before that day."
    if not problem:
        return []
    return [checks.Warning(f"DESK_SIGNING_PKCS12: {problem}", hint=hint, id="desk_core.W011")]


def check_guard_cache(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E009: DESK_GUARD_CACHE names a cache."""
    alias = getattr(settings, "DESK_GUARD_CACHE", "default")
    if alias in settings.CACHES:
        return []
    return [
        checks.Error(f"DESK_GUARD_CACHE names {alias!r}, CACHES does not.", id="desk_core.E009")
    ]


def check_guard_keeps(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E010: what that cache holds is shared by all processes and kept for its time."""
    if check_guard_cache(None) or not isinstance(guard_cache(), FORGETFUL):
        return []
    if isinstance(guard_cache(), GuardCache):
        return []
    return [
        checks.Error(
            "DESK_GUARD_CACHE forgets used human checks and counts when it is full.",
            hint='Take Redis, or "desk_core.guard_cache.GuardCache" with a table of its own.',
            id="desk_core.E010",
        )
    ]


def check_outbound(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E012: strangers could make the desk post to its own machine."""
    if not getattr(settings, "DESK_OUTBOUND_LOOPBACK", False):
        return []
    text = "DESK_OUTBOUND_LOOPBACK lets webhooks reach this machine: for development only."
    return [checks.Error(text, id="desk_core.E012")]


def stop_on_errors() -> None:
    """For web servers, which look at no system checks themselves. Raises SystemCheckError.

    Those that ask the database are left to `manage.py check --database`.
    """
    serious = (each for each in checks.run_checks() if each.is_serious())
    if found := [each for each in serious if not each.is_silenced()]:
        raise SystemCheckError("\n".join(str(each) for each in found))


def register() -> None:
    """Register the checks; called when the app is ready."""
    for check in (
        check_channels,
        check_private_storage,
        check_uploads,
        check_clamd,
        check_certificate,
        check_guard_cache,
    ):
        checks.register(check, checks.Tags.security)
    checks.register(check_guard_keeps, checks.Tags.security, deploy=True)
    checks.register(check_outbound, checks.Tags.security, deploy=True)
