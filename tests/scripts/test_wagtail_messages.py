"""The Persian that Wagtail and its companions lack: complete, and safe to put in their place."""

import re
from collections import Counter

import django
import polib
import pytest
from django.utils.translation.trans_real import DjangoTranslation

from persian.text import normalise
from scripts import compile_messages, wagtail_messages

ENTRIES = [
    entry for domain in wagtail_messages.DOMAINS for entry in wagtail_messages.overlay(domain)
]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z](?![a-z])|\{\w+\}")
TAG = re.compile(r"</?[a-z][^>]*>")
# Names that are written in Latin letters in Persian too.
LATIN = {"IPv4", "IPv6"}


def texts(entry: polib.POEntry) -> list[str]:
    """Every Persian form of a message."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.skipif(django.VERSION >= (6,), reason="the list is that of the default Django")
@pytest.mark.parametrize("domain", wagtail_messages.DOMAINS)
def test_nothing_is_missing_and_nothing_is_outdated(domain):
    wanted = wagtail_messages.missing(domain)
    ours = {wagtail_messages.key(entry): entry for entry in wagtail_messages.overlay(domain)}
    assert [k for k in wanted if k not in ours or not wagtail_messages.complete(ours[k])] == []
    assert [k for k in ours if k not in wanted and not wagtail_messages.corrects(ours[k])] == []


def test_the_list_knows_a_gap_when_it_sees_one(monkeypatch):
    found = wagtail_messages.missing("django")
    assert ("", "Autosave is paused", "") in found
    assert ("", "Dashboard", "") not in found
    monkeypatch.setattr(wagtail_messages, "PACKAGES", ("wagtail.nowhere", "wagtail.contrib"))
    assert wagtail_messages.missing("django") == {}


def test_an_update_adds_drops_and_keeps(tmp_path, monkeypatch):
    monkeypatch.setattr(wagtail_messages, "OVERLAY", tmp_path)
    old = wagtail_messages.overlay("djangojs")
    old.append(polib.POEntry(msgid="Gone", msgstr="رفته"))
    old.append(polib.POEntry(msgid="Retry", msgstr="دوباره"))
    old.save(str(tmp_path / "djangojs.po"))
    added, dropped = wagtail_messages.update("djangojs")
    assert added > 0
    assert dropped == 1
    texts_now = {entry.msgid: entry.msgstr for entry in wagtail_messages.overlay("djangojs")}
    assert texts_now["Retry"] == "دوباره"
    assert texts_now["Resolve"] == ""
    assert "Gone" not in texts_now
    assert wagtail_messages.update("djangojs") == (0, 0)


@pytest.mark.parametrize("domain", wagtail_messages.DOMAINS)
def test_django_shows_every_text_in_persian(domain):
    compile_messages.compile_all(compile_messages.ROOT / "locale")
    shown = DjangoTranslation("fa", domain=domain)
    for entry in wagtail_messages.overlay(domain):
        if entry.msgid_plural:
            forms = entry.msgstr_plural
            assert shown.ngettext(entry.msgid, entry.msgid_plural, 1) == forms[0]
            assert shown.ngettext(entry.msgid, entry.msgid_plural, 2) == forms[1]
        elif entry.msgctxt:
            assert shown.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
        else:
            assert shown.gettext(entry.msgid) == entry.msgstr


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def keeps_placeholders(entry: polib.POEntry) -> bool:
    if not entry.msgid_plural:
        return placeholders(entry.msgstr) == placeholders(entry.msgid)
    one, many = set(placeholders(entry.msgid)), set(placeholders(entry.msgid_plural))
    few_fa, many_fa = (set(placeholders(text)) for text in texts(entry))
    # Persian's first form serves zero too, so it may count where English says "one".
    return many_fa == many and one <= few_fa <= one | many


def keeps_tags(entry: polib.POEntry) -> bool:
    wanted = sorted(TAG.findall(entry.msgid))
    return all(sorted(TAG.findall(text)) == wanted for text in texts(entry))


def can_be_formatted(entry: polib.POEntry) -> bool:
    source = entry.msgid + entry.msgid_plural
    if "%" not in source:
        return all("%" not in text for text in texts(entry))
    values = dict.fromkeys(re.findall(r"%\((\w+)\)", source), 1)
    return all(text % (values or (1,) * len(re.findall("%[sd]", text))) for text in texts(entry))


def keeps_edges(entry: polib.POEntry) -> bool:
    def edges(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    return all(edges(text) == edges(entry.msgid) for text in texts(entry))


def is_written_well(entry: polib.POEntry) -> bool:
    """Persian letters, half-spaces and punctuation, with tags and placeholders left aside."""
    for text in texts(entry):
        bare = TAG.sub("X", PLACEHOLDER.sub("X", text)).strip()
        if normalise(text.strip()) != text.strip():
            return False
        if re.search(r"\s(ها|های|هایی|ای|تر|ترین)\b|\b(می|نمی)\s", bare):
            return False  # a half-space is missing
        if re.search(r"[,;?\"']|\s[،؛؟.](?!X)", bare):
            return False
    return True


def is_persian(entry: polib.POEntry) -> bool:
    english = TAG.sub("", PLACEHOLDER.sub("", entry.msgid))
    if entry.msgid in LATIN or not re.search("[A-Za-z]", english):
        return True
    return all(re.search("[آ-ی]", text) for text in texts(entry))


@pytest.mark.parametrize(
    "rule",
    [
        keeps_placeholders,
        keeps_tags,
        can_be_formatted,
        keeps_edges,
        is_written_well,
        is_persian,
    ],
)
def test_every_text_obeys_the_rule(rule):
    assert len(ENTRIES) > 500
    assert [entry.msgid for entry in ENTRIES if not rule(entry)] == []


@pytest.mark.parametrize(
    ("rule", "msgid", "msgstr"),
    [
        (keeps_placeholders, "%(a)s pages", "%(b)s صفحه"),
        (keeps_placeholders, "{a} pages", "صفحه"),
        (keeps_tags, "<b>page</b>", "<b>صفحه"),
        (can_be_formatted, "%(a)s pages", "٪%(a) صفحه"),
        (can_be_formatted, "pages", "۵% صفحه"),
        (keeps_edges, "Locale: ", "زبان:"),
        (is_written_well, "pages", "صفحه ها"),
        (is_written_well, "goes", "می رود"),
        (is_written_well, "page", "كتاب"),
        (is_written_well, "page", "'صفحه'"),
        (is_persian, "page", "page"),
    ],
)
def test_each_rule_can_fail(rule, msgid, msgstr):
    entry = polib.POEntry(msgid=msgid, msgstr=msgstr)
    try:
        assert not rule(entry)
    except (ValueError, TypeError):
        assert rule is can_be_formatted
