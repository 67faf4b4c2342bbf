"""System checks of what the outbox, the vault and the uploads need from the settings.

The secrets are not checked here but before anything starts: see `desk_core.keyring.validate`.
"""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.files.storage import InvalidStorageError, storages
from django.utils.module_loading import import_string

from desk_core.channels.base import Channel
from desk_core.enums import Channel as ChannelName


def check_channels(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E002: DESK_CHANNELS names a class for each way out. E003: its settings are complete."""
    found: list[checks.CheckMessage] = []
    named = getattr(settings, "DESK_CHANNELS", {})
    for name in ChannelName.values:
        try:
            channel = import_string(named[name])
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


def register() -> None:
    """Register the checks; called when the app is ready."""
    for check in (check_channels, check_private_storage, check_uploads):
        checks.register(check, checks.Tags.security)
