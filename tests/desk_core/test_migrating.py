"""The order in which an empty database gets its tables."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk_core.migrating import OTHERS_FIRST

LATER = {"wagtailembeds", "wagtailcore"}  # the core comes first by itself
OURS = {"desk_core", "cms_pages", "sla", "notices", "service_requests"}


@pytest.mark.django_db
def test_tables_of_others_are_made_before_ours_stand_around_them():
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(leaves, clean_start=True)
    labels = [migration.app_label for migration, _backwards in plan]
    first = min(labels.index(label) for label in OURS - {"desk_core"})
    before = {label for label, _name in OTHERS_FIRST}
    assert not before.intersection(labels[first:])
    # What a site may take in later stands in nobody's way by being first.
    assert before == {"taggit"} | {
        label for label in labels if label.startswith("wagtail") and label not in LATER
    }
