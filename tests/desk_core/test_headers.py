"""Security headers by place, no foreign host in any of them, and an admin that works under them."""

from collections.abc import Iterator

import pytest
from csp.decorators import csp_update
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import path
from playwright.sync_api import Page as BrowserPage
from portal.urls import urlpatterns as site_urlpatterns
from wagtail.models import Collection, Locale, Page

from desk_core.headers import SecurityHeadersMiddleware
from desk_core.responses import never_store


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def personal(request: HttpRequest) -> HttpResponse:
    return never_store(HttpResponse("x"))


@csp_update({"img-src": ["data:"]})
def own(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


urlpatterns = [
    path("plain/", plain),
    path("personal/", personal),
    path("own/", own),
    *site_urlpatterns,
]


def directives(response: HttpResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in parts}


class TestHeaders:
    @pytest.fixture(autouse=True)
    def _addresses(self, settings) -> None:
        settings.ROOT_URLCONF = __name__

    def test_citizens_pages_run_nothing_but_ours(self, client):
        policy = directives(client.get("/plain/"))
        assert policy["default-src"] == {"'none'"}
        assert policy["base-uri"] == {"'none'"}
        for name in ("script-src", "style-src", "worker-src", "img-src", "form-action"):
            assert policy[name] == {"'self'"}

    def test_the_admin_may_style_and_draw_but_run_no_inline_code(self, client, db):
        policy = directives(client.get("/admin/login/"))
        assert policy["script-src"] == {"'self'"}
        assert "'unsafe-inline'" in policy["style-src"]
        assert "blob:" in policy["img-src"]

    @pytest.mark.parametrize(
        "policy", ["CONTENT_SECURITY_POLICY", "DESK_ADMIN_CONTENT_SECURITY_POLICY"]
    )
    def test_no_foreign_host_and_no_eval_anywhere(self, policy):
        values = {
            value
            for listed in getattr(django_settings, policy)["DIRECTIVES"].values()
            for value in listed
        }
        assert values <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
        assert "'unsafe-inline'" not in getattr(django_settings, policy)["DIRECTIVES"]["script-src"]

    def test_a_view_may_ask_for_more(self, client):
        assert directives(client.get("/own/"))["img-src"] == {"'self'", "data:"}

    def test_the_rest_is_set_too(self, client):
        response = client.get("/plain/")
        assert "camera=()" in response["Permissions-Policy"]
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "SAMEORIGIN"

    def test_a_personal_page_is_kept_nowhere_and_tells_nobody(self, client):
        response = client.get("/personal/")
        assert response["Cache-Control"] == "private, no-store, max-age=0"
        assert response["Referrer-Policy"] == "same-origin"
        assert "noindex" in response["X-Robots-Tag"]


def test_it_works_where_there_is_no_admin(rf, settings):
    settings.ROOT_URLCONF = "desk_core.health"
    middleware = SecurityHeadersMiddleware(lambda request: HttpResponse("x"))
    assert "Content-Security-Policy" in middleware(rf.get("/"))


@pytest.fixture
def signed_in(transactional_db, client) -> str:
    """The session of an administrator, made before a browser's loop runs in this thread."""
    # A transactional test before this one may have emptied what the migrations had filled.
    Locale.objects.get_or_create(language_code="fa")
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    client.force_login(User.objects.create_superuser("admin", "a@example.org", "x"))
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def page(signed_in, live_server, chromium) -> Iterator[BrowserPage]:
    context = chromium.new_context(locale="fa-IR")
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": signed_in, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_the_admin_works_in_a_browser_and_asks_nobody_else(page, live_server):
    refused: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for address in (
        "",
        "cms_pages/department/",
        "cms_pages/department/create/",
        "images/add/",
        "reports/site-history/",
        "account/",
    ):
        assert page.goto(f"{live_server.url}/admin/{address}").status == 200
        page.wait_for_load_state("networkidle")
    assert [text for text in refused if "Content Security Policy" in text] == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
