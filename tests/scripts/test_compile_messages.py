import os
from pathlib import Path

import polib
import pytest

from scripts import compile_messages

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "page"
msgstr "صفحه"

#, fuzzy
msgid "site"
msgstr "حدس"

msgid "empty"
msgstr ""
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    nested = tmp_path / "wagtail" / "fa" / "LC_MESSAGES"
    nested.mkdir(parents=True)
    (nested / "django.po").write_text(PO, encoding="utf-8")
    return tmp_path


def test_only_finished_messages_are_compiled(folder):
    (mo,) = compile_messages.compile_all(folder)
    assert {entry.msgid: entry.msgstr for entry in polib.mofile(str(mo))} == {"page": "صفحه"}
    assert [path.name for path in mo.parent.iterdir() if path.suffix == ".new"] == []


def test_what_is_fresh_is_left_alone_and_what_is_older_is_compiled_again(folder):
    (mo,) = compile_messages.compile_all(folder)
    assert compile_messages.compile_all(folder) == []
    po = mo.with_suffix(".po")
    po.write_text(PO.replace("صفحه", "برگه"), encoding="utf-8")
    os.utime(po, ns=(mo.stat().st_mtime_ns + 1, mo.stat().st_mtime_ns + 1))
    assert compile_messages.compile_all(folder) == [mo]
    assert polib.mofile(str(mo))[0].msgstr == "برگه"


@pytest.mark.parametrize("bad", ['msgid "a"\nmsgstr', PO + '\nmsgid "page"\nmsgstr "دو"\n'])
def test_a_broken_catalogue_is_named_and_the_old_one_stays(folder, bad, monkeypatch, capsys):
    (mo,) = compile_messages.compile_all(folder)
    before = mo.read_bytes()
    mo.with_suffix(".po").write_text(bad, encoding="utf-8")
    os.utime(mo, ns=(1, 1))
    (folder / "locale").symlink_to(folder / "wagtail")
    monkeypatch.setattr(compile_messages, "ROOT", folder)
    assert compile_messages.main() == 1
    assert "cannot be read" in capsys.readouterr().err
    assert mo.read_bytes() == before
