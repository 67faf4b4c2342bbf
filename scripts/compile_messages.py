"""Compile every catalogue under `locale/` for gettext, where the .po is newer than its .mo.

Needs no gettext tools. Fuzzy and empty messages are left out, as msgfmt does. A new .mo takes
the place of the old one in one step, so that a running server never reads half a file.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]


def stale(po: Path) -> bool:
    """Say whether the compiled catalogue of `po` is missing or older."""
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_catalogue(po: Path) -> Path:
    """Write the .mo beside `po` and return its path; raises OSError for a broken catalogue."""
    mo = po.with_suffix(".mo")
    fresh = mo.with_suffix(".mo.new")
    polib.pofile(str(po), check_for_duplicates=True).save_as_mofile(str(fresh))
    return fresh.replace(mo)


def compile_all(folder: Path) -> list[Path]:
    """Compile what is stale below `folder`; return what was written."""
    return [compile_catalogue(po) for po in sorted(folder.rglob("*.po")) if stale(po)]


def main() -> int:
    """Compile, and name the catalogue that cannot be read."""
    try:
        written = compile_all(ROOT / "locale")
    except (OSError, ValueError) as error:
        print(f"A catalogue cannot be read: {error}", file=sys.stderr)
        return 1
    for mo in written:
        print(f"compiled {mo.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
