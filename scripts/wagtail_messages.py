"""List what the installed packages have not translated to Persian, and keep our overlay in step.

Wagtail, wagtail-modeladmin, Django and the small packages beside them ship Persian catalogues
with gaps. `locale/wagtail/fa` fills exactly these gaps. After an upgrade:

    python scripts/wagtail_messages.py            # how many are missing, which are outdated
    python scripts/wagtail_messages.py --update   # add the missing ones, empty; drop outdated ones

A message counts as translated when any installed catalogue has it: Django merges them all.
The overlay may also replace a poor translation of theirs; such an entry says so (`CORRECTS`) and
stays until the English text itself is gone.
"""

import argparse
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
OVERLAY = ROOT / "locale" / "wagtail" / "fa" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
# Every package with texts that the site shows and that has a `locale` folder.
PACKAGES = (
    "wagtail.admin",
    "wagtail",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.sites",
    "wagtail.search",
    "wagtail.embeds",
    "wagtail.locales",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail_modeladmin",
    "captcha",
    "taggit",
    "django.conf",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
)
# The comment of an entry that replaces a translation the packages do have.
CORRECTS = "Corrects the translation that the package ships."
Key = tuple[str, str, str]


def key(entry: polib.POEntry) -> Key:
    """Return what tells one message from another: context, text and plural."""
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def catalogue(package: str, language: str, domain: str) -> polib.POFile | None:
    """Return a package's catalogue, from its .po or, where only that is shipped, its .mo."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0], "locale", language, "LC_MESSAGES")
    if (po := folder / f"{domain}.po").exists():
        return polib.pofile(str(po))
    if (mo := folder / f"{domain}.mo").exists():
        return polib.mofile(str(mo))
    return None


def complete(entry: polib.POEntry) -> bool:
    """Say whether a message can be shown: not fuzzy, and every plural form written."""
    if entry.fuzzy or entry.obsolete:
        return False
    texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return bool(texts) and all(texts)


def corrects(entry: polib.POEntry) -> bool:
    """Say whether an entry of ours replaces a translation of theirs on purpose."""
    return CORRECTS in entry.tcomment


def missing(domain: str) -> dict[Key, polib.POEntry]:
    """Return the English messages of the installed packages that none has in Persian.

    Each entry's `occurrences` name the packages it belongs to.
    """
    translated = {
        key(entry)
        for package in PACKAGES
        for entry in _entries(package, "fa", domain)
        if complete(entry)
    }
    return {k: entry for k, entry in english(domain).items() if k not in translated}


def english(domain: str) -> dict[Key, polib.POEntry]:
    """Return every English message of the installed packages, naming where it occurs."""
    found: dict[Key, polib.POEntry] = {}
    for package in PACKAGES:
        for entry in _entries(package, "en", domain):
            known = found.setdefault(key(entry), entry)
            places = [] if known is entry else known.occurrences
            known.occurrences = [*places, *({(package, "")} - set(places))]
    return found


def overlay(domain: str) -> polib.POFile:
    """Return our catalogue of a domain, a new one where there is none yet."""
    path = OVERLAY / f"{domain}.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    po = polib.POFile(wrapwidth=100)
    po.metadata = {
        "Project-Id-Version": "wagtail-service-desk",
        "Language": "fa",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    po.fpath = str(path)
    return po


def update(domain: str) -> tuple[int, int]:
    """Add missing messages, empty, and drop outdated ones; return how many of each."""
    wanted, everything = missing(domain), english(domain)
    po = overlay(domain)
    known = {key(entry) for entry in po}
    outdated = [
        entry for entry in po if key(entry) not in (everything if corrects(entry) else wanted)
    ]
    for entry in outdated:
        po.remove(entry)
    new = [entry for k, entry in wanted.items() if k not in known]
    for entry in new:
        po.append(_blank(entry))
    if len(po):
        OVERLAY.mkdir(parents=True, exist_ok=True)
        po.save(str(OVERLAY / f"{domain}.po"))
    return len(new), len(outdated)


def main() -> int:
    """Report, or with `--update` write; the exit code says whether work remains."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--update", action="store_true", help="write the overlay")
    arguments = parser.parse_args()
    remaining = 0
    for domain in DOMAINS:
        if arguments.update:
            added, dropped = update(domain)
            print(f"{domain}: {added} added, {dropped} dropped")
        wanted, done = missing(domain), {key(e): e for e in overlay(domain)}
        empty = [k for k in wanted if k not in done or not complete(done[k])]
        remaining += len(empty)
        print(f"{domain}: {len(wanted)} wanted, {len(empty)} still to translate")
    return 1 if remaining else 0


def _entries(package: str, language: str, domain: str) -> Iterator[polib.POEntry]:
    """Yield a package's messages of a language; none where it ships no such catalogue."""
    yield from catalogue(package, language, domain) or ()


def _blank(entry: polib.POEntry) -> polib.POEntry:
    """Return a message to be translated."""
    plural = {0: "", 1: ""} if entry.msgid_plural else {}
    flags = [flag for flag in entry.flags if flag.endswith("-format")]
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr_plural=plural,
        occurrences=entry.occurrences,
        flags=flags,
    )


if __name__ == "__main__":
    raise SystemExit(main())
