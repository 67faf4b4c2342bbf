"""What follows by itself when agreements or the working calendar change."""

from django.db.models.signals import post_delete, post_save

from desk_core.page_cache import purges_cache
from sla.models import (
    Agreement,
    AgreementVersion,
    CalendarException,
    Holiday,
    Signature,
    WeeklySchedule,
)

#: Public pages show something of these.
SHOWN = (Agreement, AgreementVersion, Signature, WeeklySchedule, Holiday, CalendarException)


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    for model in SHOWN:
        for signal in (post_save, post_delete):
            signal.connect(purges_cache, sender=model, dispatch_uid=f"sla_{model.__name__}")
