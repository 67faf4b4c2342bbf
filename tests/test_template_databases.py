"""Databases that are kept for tests do not pile up on the server."""

import os
from datetime import date, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.template_databases import KEPT, drop_old, mark_used, named

TODAY = date(2026, 11, 26)


@pytest.mark.django_db
@pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="PostgreSQL only"
)
def test_old_ones_go_when_a_new_one_is_made():
    """Its own earlier ones and those that nobody used for a week; not those of a busy neighbour."""
    prefix = f"desk_kept_{os.getpid()}_"
    used = {
        "own_old": TODAY,
        "own_new": TODAY,
        "busy": TODAY - KEPT,
        "idle": TODAY - KEPT - timedelta(days=1),
        "silent": None,
    }
    address = {**connection.get_connection_params(), "dbname": "postgres"}
    asked = {key: address[key] for key in ("host", "port", "user", "password") if address.get(key)}
    with psycopg.connect(**asked, dbname="postgres", autocommit=True) as server:
        try:
            for name, day in used.items():
                server.execute(f'CREATE DATABASE "{prefix}{name}"')
                if day:
                    mark_used(server, prefix + name, day)
            drop_old(server, own=f"{prefix}own", keep=f"{prefix}own_new", on=TODAY, prefix=prefix)
            left = {name.removeprefix(prefix) for name in named(server, prefix)}
        finally:
            for name in named(server, prefix):
                server.execute(f'DROP DATABASE "{name}"')
    assert left == {"own_new", "busy"}
