"""The documents say what is true: links lead somewhere, commands exist, settings are described."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
CODE = ("persian", "desk_core", "cms_pages", "sla", "notices", "service_requests", "site")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"\bmake ([a-z]+)")
MANAGE = re.compile(r"manage\.py ([a-z_]+)")
SETTING = re.compile(r"\b(DESK_[A-Z0-9_]*[A-Z0-9])\b")
CODE_PATH = re.compile(r"`((?:[a-z_]+/)+(?:[A-Za-z_.-]+\.[a-z]+)?)`")


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@cache
def anchors(document: Path) -> frozenset[str]:
    """The anchors of the headings, as GitHub makes them."""
    plain = FENCE.sub("", text_of(document))
    return frozenset(
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(plain)
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document):
    broken = []
    for target in LINK.findall(FENCE.sub("", text_of(document))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _hash, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_named_exists(document):
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    code = "\n".join(CODE_SPAN.findall(text_of(document)))
    assert set(MAKE.findall(code)) <= targets
    assert set(MANAGE.findall(code)) <= {*get_commands()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_of_code_named_exists(document):
    """Paths that begin with a folder of the repository; the others are examples."""
    own = [p for p in CODE_PATH.findall(text_of(document)) if p.split("/")[0] in (*CODE, "tests")]
    places = (ROOT, ROOT / "static", ROOT / "templates")
    assert [path for path in own if not any((at / path).exists() for at in places)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.name)
def test_no_empty_line_cuts_a_table_in_two(document):
    text = document.read_text(encoding="utf-8")
    assert not re.findall(r"^\|.*\|\n\n\|.*\|$(?!\n\|[-:| ]+\|$)", text, re.MULTILINE)


def test_every_setting_the_code_reads_is_described_for_operators():
    read = {
        name
        for folder in CODE
        for file in (ROOT / folder).rglob("*.py")
        for name in SETTING.findall(text_of(file))
    }
    assert len(read) > 20
    assert read - set(SETTING.findall(text_of(ROOT / "docs" / "operators-guide.md"))) == set()


def test_no_setting_is_described_that_nothing_reads():
    code = "".join(text_of(f) for folder in CODE for f in (ROOT / folder).rglob("*.py"))
    described = set(SETTING.findall(text_of(ROOT / "docs" / "operators-guide.md")))
    assert [name for name in sorted(described) if name not in code] == []


def test_both_languages_of_a_guide_have_the_same_parts():
    for persian in sorted((ROOT / "docs").glob("*.fa.md")):
        english = persian.with_name(persian.name.replace(".fa.md", ".md"))
        levels = [
            [line.split(" ")[0] for line in text_of(each).splitlines() if line.startswith("#")]
            for each in (english, persian)
        ]
        assert levels[0] == levels[1], persian.name


def test_the_persian_guides_are_written_with_persian_letters():
    for persian in sorted((ROOT / "docs").glob("*.fa.md")):
        # The paragraph on searching names the Arabic letters on purpose.
        lines = [line for line in text_of(persian).splitlines() if "«ي»" not in line]
        assert not re.search("[يك٠-٩]", "".join(lines)), persian.name
