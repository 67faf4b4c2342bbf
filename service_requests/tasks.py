"""Background work of `service_requests`."""

from uuid import UUID

from django_tasks import task

from service_requests import recovery


@task()
def send_recovery_code(row_id: str) -> None:
    """Look who is behind a contact that somebody named, and send them a code."""
    recovery.send(row_id=UUID(row_id))
