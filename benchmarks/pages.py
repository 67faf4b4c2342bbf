"""Public pages and submissions, on SQLite: prints one JSON object."""

import json
import time

import django

from benchmarks.client import as_json, form, interleaved, send

# Submissions: many short rounds, for the machine is never quiet.
ROUNDS, EACH = 60, 5


def main() -> None:
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("demo", verbosity=0)
    full = WSGIHandler()
    with override_settings(MIDDLEWARE=[]):
        bare = WSGIHandler()
    usual = [name for name in settings.MIDDLEWARE if "page_cache" not in name]
    with override_settings(MIDDLEWARE=usual):
        plain_site = WSGIHandler()
    print(json.dumps({**cached(full, bare), **empty_cache(full), **submission(full, plain_site)}))


def cached(full, bare) -> dict:
    """A page from the cache against the same bytes from a bare view."""
    from benchmarks import plain

    plain.BODY = send(full, "/")[1]
    assert send(full, "/")[1] == plain.BODY
    found = interleaved(
        lambda: send(full, "/"), lambda: send(bare, "/plain/page/"), rounds=40, each=200
    )
    return {"hit": found, "bytes": len(plain.BODY)}


def empty_cache(full) -> dict:
    """Queries and time of pages with few and with many blocks, each from an empty cache."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from wagtail.models import Page

    from cms_pages.models import ContentPage
    from desk_core.page_cache import purge

    home = Page.objects.get(slug="desk", locale__language_code="fa")
    block = {"type": "paragraph", "value": "<p>متن نمونه با <b>واژه</b>.</p>"}
    for blocks in (5, 200):
        home.refresh_from_db()
        page = ContentPage(title="x", slug=f"blocks-{blocks}", locale=home.locale)
        page.body = [block] * blocks
        home.add_child(instance=page)
    counts, times = {}, {}
    for path in ("/", "/en/", "/services/", "/services/land-enquiry/", "/departments/roads/",
                 "/agreements/", "/blocks-5/", "/blocks-200/"):  # fmt: skip
        spent = []
        for _ in range(6):
            purge()
            with CaptureQueriesContext(connection) as queries:
                start = time.process_time()
                status, _body = send(full, path)
                spent.append(time.process_time() - start)
            assert status == 200, (path, status)
        counts[path], times[path] = len(queries), min(spent)
    return {"queries": counts, "empty": times}


def submission(full, plain_site) -> dict:
    """A submission through the API and through the last step of the pages."""
    from service_requests import drafts
    from service_requests.intake import new_submission_key

    fields = {
        "first_name": "لیلا",
        "last_name": "آزمون",
        "national_id": "0499370899",
        "mobile": "09123456789",
        "subject": "پل ورودی روستا",
        "body": "نردهٔ پل ورودی روستا شکسته است و شب‌ها خطر دارد.",
    }
    whole = {**fields, "kind": "request", "person_type": "natural", "department": "roads"}

    def ours() -> None:
        body, kind = as_json({**whole, "consent": True, "submission_key": new_submission_key()})
        status, answer = send(full, "/api/desk/v1/requests", body=body, content_type=kind)
        assert status == 201, answer

    csrf = "a" * 32

    def plain_api() -> None:
        body, kind = form(fields)
        status, answer = send(plain_site, "/plain/api/", body=body, content_type=kind)
        assert status == 201, answer

    def plain_page() -> None:
        body, kind = form({**fields, "csrfmiddlewaretoken": csrf})
        cookie = f"csrftoken={csrf}"
        status, answer = send(
            plain_site, "/plain/submit/", body=body, content_type=kind, cookie=cookie
        )
        assert status == 201, answer

    tokens = iter([drafts.new_token() for _ in range(ROUNDS * EACH + 1)])
    kept = []
    for token in tokens:
        draft = drafts.write(token=token, draft=None, answers=whole)
        kept.append((token, drafts.version(draft)))
    left = iter(kept)

    def page() -> None:
        token, shown = next(left)
        body, kind = form({"consent": "on", "shown": shown, "csrfmiddlewaretoken": csrf})
        cookie = f"desk_draft={token}; csrftoken={csrf}"
        status, answer = send(
            full, "/requests/new/check/", body=body, content_type=kind, cookie=cookie
        )
        assert status == 302, (status, answer[-500:])

    ours(), plain_api(), plain_page(), page()
    api = interleaved(ours, plain_api, rounds=ROUNDS, each=EACH)
    form_page = interleaved(page, plain_page, rounds=ROUNDS, each=EACH)
    return {"api": api, "page": form_page}


if __name__ == "__main__":
    django.setup()
    main()
