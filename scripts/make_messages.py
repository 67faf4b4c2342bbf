"""Collect the texts of the project into `locale/{fa,en}`; gettext's tools must be installed.

English needs no translator: its texts are the msgids themselves.
"""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
IGNORED = (".venv*", "build", "tests", "benchmarks", "var", "node_modules", "docs")
CATALOGUES = {code: ROOT / "locale" / code / "LC_MESSAGES" / "django.po" for code in ("fa", "en")}


def collect() -> None:
    """Run Django's makemessages, then tidy what it writes."""
    ignores = [f"--ignore={pattern}" for pattern in IGNORED]
    command = [sys.executable, "manage.py", "makemessages", "-l", "fa", "-l", "en"]
    subprocess.run(
        [*command, "--no-location", "--no-obsolete", "--no-wrap", *ignores],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for code, path in CATALOGUES.items():
        tidy(code, polib.pofile(str(path), wrapwidth=0))


def tidy(code: str, catalogue: polib.POFile) -> None:
    """Fix the header, drop the dates that change by themselves, and fill English."""
    catalogue.metadata = {
        "Project-Id-Version": "wagtail-service-desk",
        "Language": code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);"
        if code == "en"
        else "nplurals=2; plural=(n > 1);",
    }
    catalogue.header = f"Texts of wagtail-service-desk ({code})."
    for entry in catalogue:
        if code != "en":
            continue
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.previous_msgid = entry.previous_msgid_plural = None
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
    catalogue.save()


if __name__ == "__main__":
    collect()
