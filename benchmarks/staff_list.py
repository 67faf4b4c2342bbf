"""The staff's list of cases on PostgreSQL: says "ready", then answers each line with two numbers.

A line names a page (`PAGES`); the numbers are the seconds it took by the clock, and those of this
process's CPU. `python -m benchmarks.staff_list COUNT` fills an empty database with cases first.
"""

import sys
import time
from urllib.parse import urlencode

from benchmarks.client import send
from benchmarks.filling import fill

LIST = "/admin/service_requests/case/"
FAR = 1000


def main(count: int) -> None:
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from portal.demo import pages, people

    pages.build_facts()
    people.build_people()
    fill(count)
    cookie = signed_in("officer")
    application = WSGIHandler()
    addresses = {"first": LIST, "far": far_page(), "overdue": f"{LIST}?queue=overdue"}
    for address in addresses.values():
        send(application, address, cookie=cookie)
    print("ready", flush=True)
    for line in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        status, _body = send(application, addresses[line.strip()], cookie=cookie)
        assert status == 200, status
        print(time.perf_counter() - start, time.process_time() - cpu, flush=True)


def signed_in(username: str) -> str:
    """The cookies of somebody who has signed in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.get(username=username))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def far_page() -> str:
    """The address of page 1000, as "Next" leads to it; of the last page where there are fewer."""
    from django.contrib.auth import get_user_model

    from service_requests.admin.cases import CaseAdmin
    from service_requests.models import Case
    from service_requests.paging import NEWEST, place_of

    officer = get_user_model().objects.get(username="officer")
    rows = Case.objects.visible_to(officer).order_by(*NEWEST)
    last_seen = rows[: (FAR - 1) * CaseAdmin.list_per_page].count()
    place = {"after": str(place_of(rows[last_seen - 1])), "p": FAR}
    return f"{LIST}?{urlencode(place)}"


if __name__ == "__main__":
    import django

    django.setup()
    main(int(sys.argv[1]))
