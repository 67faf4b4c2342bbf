"""An export of every case of a filled database: prints rows, seconds, and how much memory grew.

The memory is the process's high-water mark in MB, beyond what it was after a page of the list.
"""

import resource
import time

from benchmarks.staff_list import LIST, signed_in


def main() -> None:
    from django.core.handlers.wsgi import WSGIHandler

    from benchmarks.client import send

    cookie = signed_in("admin")
    application = WSGIHandler()
    send(application, LIST, cookie=cookie)
    before, start = peak(), time.perf_counter()
    rows = stream(application, f"{LIST}?export=csv", cookie)
    print(rows - 1, time.perf_counter() - start, peak() - before, flush=True)


def stream(application, path: str, cookie: str) -> int:
    """Read an answer piece by piece and keep nothing; how many lines it has."""
    from django.test import RequestFactory

    environ = RequestFactory(HTTP_HOST="localhost", HTTP_COOKIE=cookie).get(path).environ
    status: list[str] = []
    answer = application(environ, lambda line, headers: status.append(line))
    lines = sum(piece.count(b"\n") for piece in answer)
    answer.close()
    assert status[0].startswith("200"), status
    return lines


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    import django

    django.setup()
    main()
