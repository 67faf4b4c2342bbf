"""A small static copy, and the bucket that it goes to."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from django.utils import timezone
from moto.server import ThreadedMotoServer
from storages.backends.s3 import S3Storage

from notices.static_copy.files import CopiedFile
from notices.static_copy.making import StaticCopy

KEYS = {"access_key": "a", "secret_key": "b", "region_name": "us-east-1"}


def copy_of(**files: str) -> StaticCopy:
    """A copy of pages with these words."""
    made = tuple(
        CopiedFile(f"/{name}.html", body.encode(), "text/html") for name, body in files.items()
    )
    return StaticCopy(timezone.now(), made)


@contextmanager
def s3_bucket() -> Iterator[S3Storage]:
    """A bucket on moto's S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
    requests.put(f"{address}/copy", timeout=10).raise_for_status()
    try:
        yield S3Storage(bucket_name="copy", endpoint_url=address, default_acl=None, **KEYS)
    finally:
        server.stop()
