"""nginx with the configuration of the docs: application and database may go, the copy answers."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import psycopg
import pytest
import requests

from tests.kept_databases import migrated_postgresql
from tests.service_requests.backup_site import Site, query, server

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx on this machine"),
]
ROOT = Path(__file__).resolve().parents[2]
NGINX = ROOT / "docs" / "nginx"
# The address, its type, and a word of it.
ANSWERS = (
    ("/status/", "text/html; charset=utf-8", "وضعیت خدمات"),
    ("/en/status/", "text/html; charset=utf-8", "State of the services"),
    ("/status/api/v2/summary.json", "application/json; charset=utf-8", '"components"'),
    ("/en/status/api/v2/summary.json", "application/json; charset=utf-8", '"components"'),
    ("/status/history.rss", "application/rss+xml; charset=utf-8", "<rss"),
    ("/status/history.atom", "application/atom+xml; charset=utf-8", "<feed"),
    ("/status/history.json", "application/feed+json; charset=utf-8", '"items"'),
    ("/status/maintenance.ics", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR"),
    ("/status/badge.svg", "image/svg+xml", "<svg"),
    ("/en/status/badge.svg", "image/svg+xml", "<svg"),
)

# A notice whose address is in Persian, as those of editors are; the demo has none.
PERSIAN = f"/notices/{quote('اختلال-درگاه')}"


def put_persian(copied: Path) -> None:
    page = copied / unquote(PERSIAN).lstrip("/") / "index.html"
    page.parent.mkdir()
    shutil.copy(copied / "status" / "index.html", page)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cable:
    """What connects the site with its database server, and can be pulled out."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target, self.open = target, True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self.listener.accept()
            except OSError:
                return
            if not self.open:
                near.close()
                continue
            far = socket.create_connection(self.target)
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()

    def pull(self) -> None:
        self.open = False
        for end in self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def plug(self) -> None:
        self.open, self.ends = True, []

    def close(self) -> None:
        self.pull()
        self.listener.close()


@contextmanager
def application(env: dict[str, str], port: int) -> Iterator[None]:
    """The site under the server that the operator's guide names."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--blocking-threads", "2", "portal.wsgi:application"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: requests.get(f"http://127.0.0.1:{port}/health/live/", timeout=5).ok)
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def nginx(folder: Path, var: Path, application_port: int) -> Iterator[str]:
    """nginx with the files of the docs; only names, ports and places are others."""
    port = free_port()
    site = (NGINX / "desk.conf").read_text()
    site = site[: site.rindex("server {")]  # the redirect from port 80
    site = re.sub(r"listen 443 ssl http2;|ssl_certificate\S* .*;", "", site)
    site = site.replace("server_name", f"listen 127.0.0.1:{port};\n  server_name", 1)
    site = site.replace("desk.example.ir", "localhost").replace("/var/lib/desk", str(var))
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{application_port}")
    site = site.replace("/etc/nginx/desk-copy", str(NGINX / "desk-copy"))
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Of a server that is started by root the readers are, too: the folders of a test are its own.
    user = "user root;\n" if os.getuid() == 0 else ""
    whole = f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
    whole += f"http {{\naccess_log off;\n{places}{site}}}\n"
    (folder / "nginx.conf").write_text(whole)
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "nginx.conf")]
    )
    try:
        wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(holds) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < until
        time.sleep(0.1)


def check_copy(address: str, shown: str = "") -> None:
    """Everything that has to answer does, out of the copy."""
    # The application shows what it has in its own memory for a second more.
    first = f"{address}{shown}{ANSWERS[0][0]}"
    wait_for(lambda: "X-Desk-Copy" in requests.get(first, timeout=30).headers)
    for path, kind, word in ANSWERS:
        answer = requests.get(f"{address}{shown}{path}", timeout=30)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Type"] == kind, path
        assert answer.headers["X-Desk-Copy"] == "static", path
        assert word in answer.content.decode(), path
        is_open = answer.headers.get("Access-Control-Allow-Origin") == "*"
        assert is_open == (not path.endswith("/")), path


def check_the_rest(address: str) -> None:
    """Nothing that cannot be done looks as if it had been."""
    sent = requests.post(f"{address}/requests/new/", data={"kind": "request"}, timeout=30)
    assert sent.status_code == 503
    assert "/status-static/status/" in sent.text
    asked = requests.get(f"{address}/requests/new/", timeout=30)
    assert asked.status_code == 503
    assert asked.headers["Retry-After"] == "60"
    for answer in (sent, asked):
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Retry-After"] == "60"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        [style] = re.findall(r'rel="stylesheet" href="([^"]*)"', answer.text)
        assert requests.get(urljoin(address, style), timeout=30).status_code == 200
    for path in ("/admin/", "/api/desk/v1/notices", "/health/ready/"):
        assert requests.get(f"{address}{path}", timeout=30).status_code >= 500, path
    home = requests.get(f"{address}/", timeout=30, allow_redirects=False)
    assert home.headers["Location"].endswith("/status-static/status/")
    check_addresses_without_their_slash(address)
    check_frame(address)
    page = requests.get(f"{address}/status/", timeout=30).text
    for style in re.findall(r'rel="stylesheet" href="([^"]*)"', page):
        assert requests.get(urljoin(f"{address}/status/", style), timeout=30).status_code == 200


def check_addresses_without_their_slash(address: str) -> None:
    """Typed by hand they lead where the application would lead them; made-up ones nowhere."""
    for path in ("/status", "/en/status", "/status/history", PERSIAN):
        answer = requests.get(f"{address}{path}", timeout=30)
        assert answer.status_code == 200, path
        assert answer.headers["X-Desk-Copy"] == "static", path
        assert answer.url == f"{address}{path}/"
    asked = requests.get(f"{address}/status?calendar=x", timeout=30, allow_redirects=False)
    assert asked.headers["Location"].endswith("/status/?calendar=x")
    for path in ("/nothing", "/nothing%0d%0aX-Evil:%201", "/static-copy"):
        answer = requests.get(f"{address}{path}", timeout=30)
        assert answer.status_code in (404, 503), path
        assert not any("X-Evil" in each.headers for each in (answer, *answer.history))
    home = requests.get(f"{address}/en", timeout=30)
    assert home.url == f"{address}/status-static/en/status/"


def check_frame(address: str) -> None:
    """The box of other sites shows in their frames; no other page of the copy does."""
    for path in ("/status/embed/", "/en/status/embed/", "/status-static/status/embed/"):
        answer = requests.get(f"{address}{path}", timeout=30)
        assert answer.status_code == 200, path
        assert "data-copy-stale" in answer.text, path
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *"), path
        assert "X-Frame-Options" not in answer.headers
    page = requests.get(f"{address}/status/", timeout=30)
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def check_live(address: str) -> None:
    wait_for(lambda: requests.get(f"{address}/status/", timeout=30).status_code == 200)
    answer = requests.get(f"{address}/status/", timeout=30)
    assert "X-Desk-Copy" not in answer.headers
    check_copy(address, "/status-static")
    bare = requests.get(f"{address}/status-static/", timeout=30, allow_redirects=False)
    assert bare.headers["Location"].endswith("/status-static/status/")


# In one process, for each takes seconds to start.
PREPARE = """
from django.core.management import call_command
call_command("createcachetable")
call_command("demo", if_empty=True)
call_command("collectstatic", interactive=False, verbosity=0)
"""


def test_the_copy_answers_without_application_and_without_database(tmp_path, migrated_sqlite):
    postgres = None
    try:
        query("SELECT 1")
        postgres = "postgresql"
    except psycopg.Error:
        pass
    site = Site(tmp_path / "var", postgres or "sqlite", tmp_path / "backups", tmp_path / "ledger")
    if postgres:
        site.make(template=migrated_postgresql(server() + "postgres"))
    else:
        site.make()
        shutil.copy(migrated_sqlite, site.folder / "db.sqlite3")
    cable = None
    env = {**site.environment, "PYTHONWARNINGS": "ignore"}
    if postgres:
        host, _colon, port = server().rpartition("@")[2].rstrip("/").partition(":")
        cable = Cable((host, int(port or 5432)))
        env["DATABASE_URL"] = re.sub(r"@[^/]+/", f"@127.0.0.1:{cable.port}/", env["DATABASE_URL"])
    prepare = [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE]
    subprocess.run(prepare, cwd=ROOT, env=env, check=True)
    application_port = free_port()
    (tmp_path / "nginx").mkdir()
    try:
        with nginx(tmp_path / "nginx", site.folder, application_port) as address:
            with application(env, application_port):
                write = [sys.executable, "manage.py", "write_static_copy"]
                subprocess.run(write, cwd=ROOT, env=env, check=True)
                put_persian(site.folder / "static-copy" / "current")
                check_live(address)
                if cable:
                    cable.pull()
                    check_copy(address)
                    check_the_rest(address)
                    cable.plug()
                    check_live(address)
            check_copy(address)
            check_the_rest(address)
            with application(env, application_port):
                check_live(address)
    finally:
        if cable:
            cable.close()
        site.destroy()
