"""Wagtail's API v3, switched on by its setting: it serves pages, and knows nothing of cases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)

PROGRAM = """
import json, re, shutil, sys
import django
django.setup()
from django.conf import settings
from django.test.runner import DiscoverRunner
from django.test.utils import setup_test_environment

setup_test_environment()
shutil.copy(sys.argv[1], settings.DATABASES["default"]["TEST"]["NAME"])
runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=True)
runner.setup_databases()
from django.core.management import call_command
from django.test import Client
from tests.service_requests.factories import register
from tests.cms_pages.factories import staff_user
from django.contrib.auth import get_user_model

receipt = register()
client = Client(raise_request_exception=False)
described = client.get("/api/v3-preview/openapi.json")
# The kinds of public pages that are made of forms and of results.
pages = re.compile("service_requests.(RequestFormPage|SurveyResultsPage)")
boss = Client(raise_request_exception=False)
boss.force_login(get_user_model().objects.create_superuser("boss", "b@desk.example", "x"))
answers, paths = [], list(described.json()["paths"])
words = ("case", "cases", "service_requests.Case", "service_requests.case", receipt.code)
for path in paths:
    names = re.findall(r"{(\\w+)}", path)
    values = [str(receipt.case.pk), receipt.code, "1", "service_requests.Case"] if names else [""]
    for value in values:
        address = re.sub(r"{\\w+}", value, path)
        for query in ("", f"?type=service_requests.Case", f"?search={receipt.code}", "?fields=*"):
            for who in (client, boss):
                answer = who.get(address + query)
                shown = answer.content.decode("utf-8", "replace")
                answers.append((address + query, answer.status_code, receipt.code in shown
                                or str(receipt.case.pk) in shown
                                or "service_requests" in pages.sub("", shown)))
print(json.dumps({
    "status": described.status_code,
    "openapi": described.json()["openapi"],
    "paths": paths,
    "described": [word for word in ("service_requests", "sealed", "subject_key")
                  if word in pages.sub("", described.content.decode())],
    "crashed": [where for where, status, _ in answers if status >= 500],
    "shown": [(where, status) for where, status, seen in answers if seen and status == 200],
    "count": len(answers),
    "ours": client.get("/api/desk/v1/openapi.json").status_code,
    "v2": client.get("/api/v2/pages/").status_code,
}))
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory, migrated_sqlite):
    """What a site says of itself that was started with the setting on."""
    import json

    folder = tmp_path_factory.mktemp("v3")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DESK_WAGTAIL_API_V3": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DESK_VAR": str(folder),
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


def test_it_starts_and_describes_itself(report):
    assert report["status"] == 200
    assert report["openapi"].startswith("3.")
    assert any("pages" in path for path in report["paths"])
    assert report["ours"] == 200
    assert report["v2"] == 200


def test_it_shows_nothing_of_a_case_not_even_to_a_superuser(report):
    assert report["count"] > 20
    assert not report["crashed"]
    assert not report["described"]
    assert not report["shown"]


def test_it_is_off_by_default(client, db):
    assert not settings.DESK_WAGTAIL_API_V3
    assert client.get("/api/v3-preview/openapi.json").status_code == 404
