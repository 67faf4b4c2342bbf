import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from desk_core.backup.errors import BackupError, storing
from desk_core.backup.folder import BackupFolder
from tests.desk_core.backup.conftest import files_of


class Broken(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(28, "No space left on device")


def test_a_file_is_whole_private_and_replaces_the_one_before(tmp_path):
    folder = BackupFolder(tmp_path / "backups")
    assert folder.save("one/part", ContentFile(b"a")) == "one/part"
    assert folder.save("one/part", ContentFile(b"b")) == "one/part"
    assert Path(folder.path("one/part")).read_bytes() == b"b"
    assert [path.name for path in files_of(tmp_path)] == ["part"]
    for path in (tmp_path / "backups" / "one", tmp_path / "backups" / "one" / "part"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_write_that_fails_leaves_nothing_and_the_old_file_as_it_was(tmp_path):
    folder = BackupFolder(tmp_path)
    folder.save("part", ContentFile(b"old"))
    for name in ("part", "other"):
        with pytest.raises(BackupError, match="no room left for a part"), storing("a part"):
            folder.save(name, Broken(b""))
    assert [(path.name, path.read_bytes()) for path in files_of(tmp_path)] == [("part", b"old")]


def test_what_a_killed_process_left_is_no_file_of_the_backup_and_goes(tmp_path):
    folder = BackupFolder(tmp_path)
    folder.save("one/part", ContentFile(b"a"))
    (tmp_path / ".unfinished" / "tmpx").write_bytes(b"half")
    assert folder.listdir("one") == ([], ["part"])
    folder.tidy()
    assert [path.name for path in files_of(tmp_path)] == ["part"]


def test_a_full_disk_in_the_middle_of_a_file(tmp_path):
    """A real limit of the system, in a process of its own."""
    code = (
        "import sys, django; from django.conf import settings; settings.configure()\n"
        "from django.core.files.base import ContentFile\n"
        "from desk_core.backup.errors import storing, BackupError\n"
        "from desk_core.backup.folder import BackupFolder\n"
        "try:\n"
        "    with storing('The part'):\n"
        "        BackupFolder(sys.argv[1]).save('p', ContentFile(b'x' * 300000))\n"
        "except BackupError as error: print(error)\n"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        cwd=Path(__file__).resolve().parents[3],
        check=True,
    )
    assert "no room left for The part" in done.stdout
    assert files_of(tmp_path) == []
