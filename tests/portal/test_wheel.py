"""The wheel, in a site made by `wagtail start`, put together as the integrator's guide says."""

import base64
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from desk_core.human_check import solve

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "integrators-guide.md"
pytestmark = pytest.mark.drill

# Each process takes seconds to start.
PREPARE = """
import django
django.setup()
from django.core.management import call_command
for command in ("migrate", "createcachetable", "check"):
    call_command(command, verbosity=0)
from cms_pages.models import Department
Department.objects.create(key="roads", name="راه", name_en="Roads")
"""


def block(mark: str) -> str:
    """The Python block after a mark in the guide."""
    return re.search(
        rf"<!-- {mark} -->\s*```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL
    )[1]


def call(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(address: str, body: dict | None = None, **headers: str) -> tuple[int, dict]:
    request = urllib.request.Request(
        address,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def site(tmp_path) -> tuple[Path, dict[str, str]]:
    """A new Wagtail site with the wheel in it, migrated, with a department."""
    folder = tmp_path / "wheel"
    folder.mkdir()
    call("-m", "build", "--wheel", "--no-isolation", "-o", str(folder / "dist"), cwd=ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    packages = folder / "packages"
    call(
        *("-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
        *("--target", str(packages), str(wheel)),
        cwd=folder,
    )
    wagtail = Path(sys.executable).with_name("wagtail")
    subprocess.run([str(wagtail), "start", "bench"], cwd=folder, check=True, capture_output=True)
    project = folder / "bench"
    settings = project / "bench" / "settings" / "base.py"
    settings.write_text(settings.read_text() + "\n" + block("settings"))
    (project / "bench" / "urls.py").write_text(block("urls"))
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {
        "PYTHONPATH": str(packages),
        "DJANGO_SETTINGS_MODULE": "bench.settings.dev",
        "DESK_KEYRING": f"k1:{key()}",
        "DESK_INDEX_KEY": key(),
        "DESK_PEPPER": key(),
    }
    call("-c", PREPARE, cwd=project, env=env | {"PYTHONUTF8": "1"})
    return project, env


@pytest.fixture
def served(site):
    project, env = site
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=project,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/health/live/", timeout=2).close()
            break
        except OSError:
            time.sleep(0.3)
    yield address
    server.terminate()
    server.wait()


def test_a_site_with_the_wheel_takes_a_request_and_lets_it_be_followed(site, served):
    project, env = site
    see_that_all_comes_from_the_wheel(project, env)
    register_and_follow(f"{served}/api/desk/v1")


def see_that_all_comes_from_the_wheel(project: Path, env: dict[str, str]) -> None:
    """The apps with their templates, files and texts."""
    found = call(
        "-c",
        "import django; django.setup(); import service_requests, cms_pages\n"
        "from django.template.loader import get_template\n"
        "from django.contrib.staticfiles import finders\n"
        "from django.utils.translation import override, gettext\n"
        "print(service_requests.__file__)\n"
        "print(get_template('service_requests/track.html').origin.name)\n"
        "print(finders.find('cms_pages/desk.css'))\n"
        "with override('fa'): print(gettext('Register a request'))\n",
        cwd=project,
        env=env | {"PYTHONIOENCODING": "utf-8"},
    ).splitlines()
    assert all(env["PYTHONPATH"] in line for line in found[:3]), found
    assert found[3] == "ثبت درخواست"


def register_and_follow(api: str) -> None:
    """Through the API: the department, its human check, a request, its case."""
    status, departments = ask(f"{api}/departments")
    assert (status, departments[0]["key"]) == (200, "roads")
    _status, puzzle = ask(f"{api}/human-check", {"purpose": "submit"})
    human = solve(puzzle)
    status, receipt = ask(
        f"{api}/requests",
        {
            "submission_key": "kY3v9bWq7LrT2xNcD8mPzS5hJ0aGfUe4",
            "human": human,
            "kind": "request",
            "person_type": "natural",
            "department": "roads",
            "first_name": "مریم",
            "last_name": "آزمون",
            "national_id": "0499370899",
            "mobile": "09123456789",
            "subject": "پل ورودی روستا",
            "body": "نردهٔ پل ورودی روستا شکسته است.",
            "consent": True,
        },
    )
    assert status == 201, receipt
    status, session = ask(
        f"{api}/sessions", {"code": receipt["code"], "password": receipt["password"]}
    )
    assert status == 201, session
    status, case = ask(f"{api}/session/case", Authorization=f"Bearer {session['token']}")
    assert (status, case["subject"]) == (200, "پل ورودی روستا")
