"""What is sent to a bucket: what says something new, and everything before the copy grows old."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from desk_core.page_cache import purge_now
from notices import conf, updates
from notices.enums import UpdateState
from notices.models import NoticePage
from notices.static_copy import making, manifest, storages
from notices.static_copy.manifest import Manifest
from tests.notices.copies import copy_of
from tests.notices.factories import clock

pytestmark = [pytest.mark.django_db, pytest.mark.face]


def stored(bucket) -> dict[str, object]:
    """The names in the bucket with the version that each has."""
    pages = bucket.bucket.objects.all()
    return {each.key: (each.e_tag, each.last_modified) for each in pages}


@pytest.fixture
def sent(bucket, monkeypatch):
    """The names that were sent to the bucket, in order; the real ones go there."""
    found = []
    save = type(bucket)._save

    def noting(self, name, content):
        found.append(name)
        return save(self, name, content)

    monkeypatch.setattr(type(bucket), "_save", noting)
    return found


def write_at(at, bucket) -> None:
    with clock(at):
        storages.write(making.make(), bucket)


@pytest.mark.usefixtures("short_copy")
def test_an_unchanged_site_sends_nothing_until_the_copy_is_halfway_old(told_index, bucket, sent):
    start = timezone.now()
    write_at(start, bucket)
    before = stored(bucket)
    sent.clear()
    for minutes in (0, 1, 10):
        write_at(start + timedelta(minutes=minutes), bucket)
    assert sent == []
    assert stored(bucket) == before
    later = start + conf.static_copy_whole_every()
    write_at(later, bucket)
    pages = {name for name in sent if name.endswith("/index.html")}
    assert pages == {name for name in before if name.endswith("/index.html")}
    assert not [name for name in sent if name.startswith("static/")], "they say no time"
    assert manifest.read(bucket).made_at == later


def test_a_changed_notice_sends_what_shows_it_and_no_more(told_index, bucket, sent):
    start = timezone.now()
    write_at(start, bucket)
    before = stored(bucket)
    sent.clear()
    page = NoticePage.objects.get(title="بهمن در گردنه")
    with clock(start + timedelta(minutes=5)):
        updates.post(
            notice=page.notice, state=UpdateState.ANNOUNCED, text="راه بسته", author=None, key="k"
        )
        purge_now()
    write_at(start + timedelta(minutes=6), bucket)
    showing = {name for name in before if shows(bucket, name, "راه بسته")}
    assert {f"notices/{page.slug}/index.html", "status/history.rss"} <= showing
    assert showing <= set(sent)
    # The running month counts on, minute by minute, and the notice has a second message of CAP.
    counted = re.compile(
        r"(en/)?status/(availability/.*|services/enquiry/index\.html|cap/.*/2\.xml)"
    )
    others = {name for name in set(sent) - showing if not counted.fullmatch(name)}
    assert others == {manifest.NAME, "status/static-copy.json"}, "programs are told of it as well"
    for unchanged in set(before) - set(sent):
        assert stored(bucket)[unchanged] == before[unchanged]
    assert "notices/اختلال-درگاه/index.html" not in sent
    assert manifest.read(bucket).made_at == start, "of when the oldest page there is"


def shows(bucket, name: str, words: str) -> bool:
    return words in bucket.open(name).read().decode(errors="replace")


@pytest.mark.usefixtures("short_copy")
def test_what_changes_by_itself_is_sent_though_nothing_was_published(told_index, bucket, sent):
    start = timezone.now()
    write_at(start, bucket)
    changes_at = manifest.read(bucket).changes_at
    assert start < changes_at
    # Of a copy that knew of an earlier change, as when an office closes.
    earlier = Manifest(
        {**manifest.read(bucket).files, "status/index.html": "of before"},
        made_at=start,
        mark=manifest.read(bucket).mark,
        changes_at=start + timedelta(minutes=1),
    )
    bucket.delete(manifest.NAME)
    storages._list(bucket, earlier)
    sent.clear()
    write_at(start + timedelta(seconds=30), bucket)
    assert sent == []
    write_at(start + timedelta(minutes=2), bucket)
    assert "status/index.html" in sent


def test_a_list_of_names_alone_is_read_and_what_it_names_is_sent_or_removed(tmp_path):
    """As an earlier release wrote it."""
    from django.core.files.storage import FileSystemStorage

    storage = FileSystemStorage(location=tmp_path, allow_overwrite=True)
    (tmp_path / manifest.NAME).write_text('{"a.html": "0123", "gone.html": "4567"}')
    (tmp_path / "gone.html").write_text("withdrawn")
    storages.write(copy_of(a="new"), storage)
    assert (tmp_path / "a.html").read_text() == "new"
    assert not (tmp_path / "gone.html").exists()
    assert re.fullmatch(r"[0-9a-f]{64}", manifest.read(storage).files["a.html"])


@pytest.mark.parametrize(
    "spoilt", ['{"files": {"a.html": "01', "[]", "", '{"files": {}, "made_at": 7}']
)
def test_a_spoilt_list_is_written_anew_with_everything(tmp_path, spoilt):
    from django.core.files.storage import FileSystemStorage

    storage = FileSystemStorage(location=tmp_path, allow_overwrite=True)
    storages.write(copy_of(a="old"), storage)
    (tmp_path / manifest.NAME).write_text(spoilt)
    with pytest.raises(ValueError, match=r"."):
        manifest.read(storage)
    storages.write(copy_of(a="new"), storage)
    assert (tmp_path / "a.html").read_text() == "new"
    assert manifest.read(storage).made_at


@pytest.mark.parametrize(("every", "stale"), [(10, 60), (1, 2), (59, 60), (40, 60)])
def test_no_page_in_a_bucket_grows_old_between_two_rounds(settings, every, stale):
    settings.DESK_STATIC_COPY_MINUTES, settings.DESK_STATIC_COPY_STALE_MINUTES = every, stale
    left_as_it_is = conf.static_copy_whole_every()
    assert left_as_it_is + conf.static_copy_every() < conf.static_copy_stale_after()
