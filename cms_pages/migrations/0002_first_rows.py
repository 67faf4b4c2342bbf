"""One Django group per role, and Wagtail's own first rows named in the language of the site.

The permissions of the groups follow after `migrate` (group_permissions). Wagtail's migrations name
the root of all pages and the first workflow in English.
"""

from django.conf import settings
from django.db import migrations
from django.utils.translation import gettext, override

ROLES = [
    "officer",
    "head",
    "secretariat",
    "complaints",
    "editor",
    "auditor",
    "administrator",
]
ROOT, APPROVAL = "Root", "Moderators approval"


def make_groups(apps, schema_editor):
    """Make the groups that are missing."""
    Group = apps.get_model("auth", "Group")
    for role in ROLES:
        Group.objects.using(schema_editor.connection.alias).get_or_create(name=role)


def _rename(apps, schema_editor, turn):
    """Give each row that still has the one name the other; `turn` puts them in order."""
    database = schema_editor.connection.alias
    with override(settings.LANGUAGE_CODE):
        names = {ROOT: gettext("Root"), APPROVAL: gettext("Moderators approval")}
    old, new = turn(ROOT, names[ROOT])
    roots = apps.get_model("wagtailcore", "Page").objects.using(database).filter(depth=1)
    roots.filter(title=old).update(title=new)
    roots.filter(draft_title=old).update(draft_title=new)
    old, new = turn(APPROVAL, names[APPROVAL])
    for model in ("Workflow", "Task"):
        rows = apps.get_model("wagtailcore", model).objects.using(database)
        rows.filter(name=old).update(name=new)


def translate(apps, schema_editor):
    """Name them in the language of the site."""
    _rename(apps, schema_editor, lambda english, own: (english, own))


def back(apps, schema_editor):
    """Name them in English again."""
    _rename(apps, schema_editor, lambda english, own: (own, english))


class Migration(migrations.Migration):
    """What somebody has renamed stays as it is; reversing keeps the groups: people may be in them."""

    dependencies = [
        ("cms_pages", "0001_squashed"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0048_add_default_workflows"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(translate, back),
    ]
