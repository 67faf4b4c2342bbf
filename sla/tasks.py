"""Background work of `sla`."""

from django_tasks import task

from sla import terminating


@task()
def tell_beneficiaries(termination_id: int) -> None:
    """Tell those whom the announced end of an agreement concerns."""
    terminating.tell(termination_id=termination_id)
