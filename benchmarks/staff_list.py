"""The staff's list of cases on PostgreSQL: says "ready", then for each line the seconds it took.

Two numbers: by the clock, and of this process's CPU.
"""

import sys
import time
import uuid
from datetime import timedelta

from benchmarks.client import send


def main(count: int) -> None:
    from django.contrib.auth import get_user_model
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from portal.demo import pages, people

    pages.build_facts()
    people.build_people()
    fill(count)
    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.get(username="officer"))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    application = WSGIHandler()
    send(application, "/admin/service_requests/case/", cookie=cookie)
    print("ready", flush=True)
    for _line in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        status, _body = send(application, "/admin/service_requests/case/", cookie=cookie)
        assert status == 200, status
        print(time.perf_counter() - start, time.process_time() - cpu, flush=True)


def fill(count: int) -> None:
    """Cases spread over departments and states, with keys but without content worth reading."""
    from django.db import connection
    from django.utils import timezone

    from cms_pages.models import Department
    from desk_core.models import SubjectKey
    from desk_core.sealing import new_subject
    from service_requests.enums import State
    from service_requests.models import Case

    departments = list(Department.objects.all())
    states = list(State.values)
    wrapped = bytes(new_subject().row.wrapped)
    now = timezone.now()
    for start in range(0, count, 5000):
        part = range(start, min(start + 5000, count))
        keys = SubjectKey.objects.bulk_create(
            [SubjectKey(id=uuid.uuid4(), key_id="dev1", wrapped=wrapped) for _ in part]
        )
        Case.objects.bulk_create(
            [
                Case(
                    code=f"{number:012d}",
                    kind="request",
                    state=states[number % len(states)],
                    department=departments[number % len(departments)],
                    source="web",
                    language="fa",
                    person_type="natural",
                    consent_version="1",
                    registered_at=now - timedelta(minutes=number),
                    last_activity_at=now,
                    subject_key=key,
                    sealed_content=b"x" * 400,
                )
                for number, key in zip(part, keys, strict=True)
            ]
        )
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself after so many new rows.
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    import django

    django.setup()
    main(int(sys.argv[1]))
