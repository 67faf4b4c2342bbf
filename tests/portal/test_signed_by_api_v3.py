"""What is signed withstands Wagtail's API v3 as well, in the hands of a superuser (R32)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)

PROGRAM = """
import json, shutil, sys
import django
django.setup()
from django.conf import settings
from django.test.runner import DiscoverRunner
from django.test.utils import setup_test_environment

setup_test_environment()
shutil.copy(sys.argv[1], settings.DATABASES["default"]["TEST"]["NAME"])
DiscoverRunner(verbosity=0, interactive=False, keepdb=True).setup_databases()
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import APIToken
from cms_pages.models import HomePage
from sla.models import AgreementIndexPage, AgreementPage, AgreementVersion, SignedText
from tests.sla.factories import clause, make_page, sign

page = make_page(clauses=[clause("purpose", "old", "<p>old</p>")])
old = page.get_latest_revision()
draft = page.get_latest_revision_as_object()
draft.clauses = [clause("purpose", "new", "<p>new</p>")]
draft.save_revision().publish()
sign(AgreementPage.objects.get().version)
boss = get_user_model().objects.create_superuser("boss", "b@desk.example", "x")
other = AgreementIndexPage(title="other", slug="other", locale=page.locale)
HomePage.objects.get().add_child(instance=other)
token = APIToken.create_token(user=boss, name="t")[1]
client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
here = f"/api/v3-preview/pages/{page.pk}/"


def sealed():
    found = AgreementPage.objects.filter(pk=page.pk).first()
    text = SignedText.objects.get()
    return [text.body, text.digest, found is not None and found.live,
            found and found.document.canonical(), found and found.version.offered_text]


def ask(method, path, body=None):
    data = json.dumps(body or {})
    answer = client.generic(method.upper(), f"{here}{path}", data, content_type="application/json")
    return answer.status_code


before, answers = sealed(), {}
meta = {"type": "sla.AgreementPage", "action": "publish"}
for name, given in {
    "whoami": ("get", ""),
    "edit": ("patch", "", {"meta": meta, "title": "changed", "valid_to": "2040-01-01"}),
    "revert": ("post", "actions/revert/", {"revision_id": old.pk}),
    "publish": ("post", "actions/publish/"),
    "unpublish": ("post", "actions/unpublish/"),
    "unpublish all": ("post", "actions/unpublish/", {"recursive": True}),
    "delete": ("delete", ""),
    "delete by action": ("delete", "actions/delete/"),
    "move": ("post", "actions/move/", {"destination_id": other.pk, "position": "last-child"}),
    "copy": ("post", "actions/copy/", {"slug": "copy"}),
}.items():
    answers[name] = [ask(*given), sealed() == before]
from notices.models import Notice, NoticeIndexPage
from tests.notices.factories import ahead, draft
notices = NoticeIndexPage(title="n", slug="n", locale=page.locale)
HomePage.objects.get().add_child(instance=notices)
planned = {"kind": "maintenance", "starts_at": ahead(hours=5), "expected_end": ahead(hours=6)}
here = f"/api/v3-preview/pages/{draft(notices, by=boss, **planned).pk}/"
alone = [ask("post", "actions/publish/"), Notice.objects.count()]
alone += [ask("patch", "", {"meta": {"type": "notices.NoticePage", "action": "publish"},
                            "message": "changed"}), Notice.objects.count()]
other_boss = get_user_model().objects.create_superuser("other", "o@desk.example", "x")
token = APIToken.create_token(user=other_boss, name="t")[1]
client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
second = [ask("post", "actions/publish/"), Notice.objects.count()]

# The head of a department that the notice does not concern, and the head of its own.
from cms_pages.models import ContentPage
from notices.models import NoticePage
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import published
service = ServiceFactory()
beside = ContentPage(title="c", slug="c", locale=page.locale)
HomePage.objects.get().add_child(instance=beside)
place = NoticeIndexPage(title="m", slug="m", locale=page.locale)
beside.add_child(instance=place)
told = published(notices, title="told", slug="told", services=[service], impact="partial")
first = told.get_latest_revision()
told.message = "second"
told.save_revision().publish()
here = f"/api/v3-preview/pages/{told.pk}/"


def standing():
    found = NoticePage.objects.filter(pk=told.pk).first()
    return [NoticePage.objects.count(), found and (found.message, found.live, found.path,
                                                   found.latest_revision_id)]


meta = {"type": "notices.NoticePage", "action": "publish"}
heads = {}
for role, head in (("stranger", staff_user("head")),
                   ("own", staff_user("head", service.department))):
    token = APIToken.create_token(user=head, name="t")[1]
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    for name, given in {
        "edit": ("patch", "", {"meta": meta, "message": "changed"}),
        "revert": ("post", "actions/revert/", {"revision_id": first.pk}),
        "publish": ("post", "actions/publish/"),
        "move": ("post", "actions/move/", {"destination_id": place.pk, "position": "last-child"}),
        "copy": ("post", "actions/copy/", {"slug": "copied"}),
        "alias": ("post", "actions/create_alias/", {"slug": "alias"}),
        "unpublish": ("post", "actions/unpublish/"),
        "delete by action": ("delete", "actions/delete/"),
    }.items():
        stood = standing()
        heads[f"{role}: {name}"] = [ask(*given), standing() == stood]
copy = AgreementPage.objects.filter(slug="copy").first()
print(json.dumps({
    "answers": answers,
    "copy": [copy.live, copy.version.sealed, copy.version.number] if copy else None,
    "versions": AgreementVersion.objects.count(),
    "alone": alone,
    "second": second,
    "heads": heads,
}))
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory, migrated_sqlite):
    """What became of each attempt, on a site with API v3 switched on."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DESK_WAGTAIL_API_V3": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DESK_VAR": str(tmp_path_factory.mktemp("v3")),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(migrated_sqlite)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_no_attempt_changes_or_hides_what_is_signed(report):
    assert {name for name, (_status, same) in report["answers"].items() if not same} == set()
    assert max(status for status, _same in report["answers"].values()) < 500


@pytest.mark.parametrize(
    "name", ["publish", "unpublish", "unpublish all", "delete", "delete by action"]
)
def test_each_door_says_no(report, name):
    # "publish" would publish the older draft that "revert" put on top.
    assert report["answers"][name][0] in (400, 403, 422), report["answers"]


def test_the_token_was_good_for_everything_else(report):
    assert report["answers"]["whoami"][0] == 200
    assert report["answers"]["move"][0] == 200
    assert report["answers"]["copy"][0] == 201


def test_a_copy_is_an_unsigned_draft_of_the_next_version(report):
    assert report["copy"] == [False, False, 2]


def test_a_planned_notice_takes_two_people_here_too(report):
    publishing, none, changing, still_none = report["alone"]
    assert (none, still_none) == (0, 0)
    assert publishing in (400, 403, 422)
    assert changing in (400, 403, 422)
    assert report["second"] == [200, 1]


def test_a_head_changes_no_notice_of_another_department_here_either(report):
    for door, (status, same) in report["heads"].items():
        if door.startswith("stranger"):
            assert (status, same) == (403, True), door
        else:
            assert (status < 300, same) == (True, False), door
    assert len(report["heads"]) == 16
