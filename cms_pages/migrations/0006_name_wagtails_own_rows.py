"""Wagtail's first migrations name the root of all pages and the first workflow in English."""

from django.conf import settings
from django.db import migrations
from django.utils.translation import gettext, override

ROOT, APPROVAL = "Root", "Moderators approval"


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
    """What somebody has renamed stays as it is."""

    dependencies = [
        ("cms_pages", "0005_plural_names_of_pages"),
        ("wagtailcore", "0048_add_default_workflows"),
    ]

    operations = [migrations.RunPython(translate, back)]
