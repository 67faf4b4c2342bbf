"""The same backup in a bucket, on moto's S3 server."""

from io import StringIO

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from desk_core.backup import shelf
from desk_core.backup.recipients import read_identities
from desk_core.backup.shelf import Shelf
from desk_core.models import Backup
from tests.desk_core.backup.conftest import parts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bucket(place, settings):
    """An empty bucket that is STORAGES["backups"]."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "bucket_name": "backups",
        "endpoint_url": f"http://{host}:{port}",
        "access_key": "a",
        "secret_key": "b",
        "region_name": "us-east-1",
        "default_acl": None,
    }
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        aws_access_key_id="a",
        aws_secret_access_key="b",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="backups")
    storage = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "backups": storage}
    yield client
    client.close()
    server.stop()


def test_it_is_written_continued_and_read_and_never_half(bucket, identity, some_files, monkeypatch):
    original, failures = Shelf.write_manifest, [True]

    def fail_once(self, *arguments):
        if failures:
            failures.pop()
            raise shelf.BackupError("The line is cut.")
        return original(self, *arguments)

    monkeypatch.setattr(Shelf, "write_manifest", fail_once)
    with pytest.raises(CommandError, match="The line is cut"):
        call_command("backup", stdout=StringIO())
    (name,) = shelf.names()
    assert not Shelf(name).is_finished

    call_command("backup", stdout=StringIO())
    parts = parts_of(name, identity)
    keys = {each["Key"] for each in bucket.list_objects_v2(Bucket="backups")["Contents"]}
    assert keys == {
        "erasures.ledger",
        f"{name}/{shelf.MANIFEST}",
        *(f"{name}/{part.name}" for part in parts),
    }
    assert list(Shelf(name).problems_of(parts)) == []

    for part in parts:
        with Shelf(name).open_part(part, read_identities(identity)) as plain:
            assert plain.read(1)
    assert Backup.objects.finished().get().name == name


def test_a_bucket_that_is_not_there_is_told(bucket, settings):
    options = {**settings.STORAGES["backups"]["OPTIONS"], "bucket_name": "nowhere"}
    wrong = {**settings.STORAGES["backups"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "backups": wrong}
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("backup", stdout=StringIO())
    assert not Backup.objects.finished().exists()
