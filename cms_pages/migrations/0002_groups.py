"""One Django group per role; their permissions follow after `migrate` (group_permissions)."""

from django.db import migrations

ROLES = [
    "officer",
    "head",
    "secretariat",
    "complaints",
    "editor",
    "auditor",
    "administrator",
]


def make_groups(apps, schema_editor):
    """Make the groups that are missing."""
    Group = apps.get_model("auth", "Group")
    for role in ROLES:
        Group.objects.using(schema_editor.connection.alias).get_or_create(name=role)


class Migration(migrations.Migration):
    """Reversing keeps the groups: people may be in them."""

    dependencies = [
        ("cms_pages", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
