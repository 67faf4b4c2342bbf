"""Fail when a text of the project is missing from a catalogue, untranslated, or breaks its marks.

Whether every text was collected is checked where gettext's tools are installed.
"""

import ast
import re
import shutil
import sys
import tempfile
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.make_messages import CATALOGUES, collect

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("persian", "desk_core", "cms_pages", "sla", "notices", "service_requests", "site")
FUNCTIONS = ("_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy")
MARKS = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_0-9]*\}")


def problems(code: str, path: Path) -> list[str]:
    """What is wrong with one catalogue."""
    found = []
    for entry in polib.pofile(str(path)):
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.fuzzy or not all(texts):
            found.append(f"{code}: untranslated: {entry.msgid[:90]!r}")
            continue
        wanted = set(MARKS.findall(entry.msgid)) | set(MARKS.findall(entry.msgid_plural or ""))
        for text in texts:
            given = set(MARKS.findall(text))
            # A singular form may leave its number out.
            if given - wanted or (wanted - given and not entry.msgid_plural):
                found.append(f"{code}: marks differ: {entry.msgid[:90]!r}")
    return found


def uncollected() -> list[str]:
    """Texts in the sources that no catalogue knows; the catalogues are left as they were."""
    if shutil.which("xgettext") is None:
        print("xgettext is not installed: whether all texts were collected was not checked.")
        return []
    with tempfile.TemporaryDirectory() as kept:
        before = {}
        for code, path in CATALOGUES.items():
            shutil.copy(path, Path(kept) / code)
            before[code] = _ids(path)
        try:
            collect()
            return [
                f"{code}: not collected (make messages): {msgid[:90]!r}"
                for code, path in CATALOGUES.items()
                for msgid in sorted(_ids(path) - before[code])
            ]
        finally:
            for code, path in CATALOGUES.items():
                shutil.copy(Path(kept) / code, path)


def hidden() -> list[str]:
    """Texts within f-strings, where xgettext does not look."""
    return [
        f"{path.relative_to(ROOT)}:{call.lineno}: a text to translate within an f-string"
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in FUNCTIONS
    ]


def _ids(path: Path) -> set[str]:
    return {entry.msgid for entry in polib.pofile(str(path))}


def main() -> int:
    """Print every problem; 1 when there is one."""
    found = [line for code, path in CATALOGUES.items() for line in problems(code, path)]
    found += hidden() + uncollected()
    print("\n".join(found[:50]))
    if len(found) > 50:
        print(f"... and {len(found) - 50} more")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
