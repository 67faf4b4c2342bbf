"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_site_is_never_a_package() -> None:
    # It would shadow the standard library's module of that name.
    assert not (ROOT / "site" / "__init__.py").exists()


def test_lock_files_are_hashed_and_carry_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "index-url" not in text, lock.name
        pins = re.findall(r"^[a-zA-Z0-9._-]+(?:\[[a-z0-9, ]+\])?==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)


def test_no_foreign_host_in_anything_a_browser_loads() -> None:
    loads = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//(?!www\.w3\.org)""")
    for path in tracked():
        if path.suffix in (".html", ".css", ".js", ".svg") and "tests" not in path.parts:
            found = loads.findall(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found}"
