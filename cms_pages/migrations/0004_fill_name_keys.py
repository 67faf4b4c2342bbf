"""Fill in the keys by which the names that are there already are sorted."""

from django.db import migrations

from persian.text import sort_key


def fill(apps, schema_editor):
    """Compute them."""
    for name in ("Department", "Need", "Service"):
        model = apps.get_model("cms_pages", name)
        rows = list(model.objects.using(schema_editor.connection.alias).only("pk", "name"))
        for row in rows:
            row.name_key = sort_key(row.name)[:120]
        model.objects.using(schema_editor.connection.alias).bulk_update(
            rows, ["name_key"], batch_size=500
        )


class Migration(migrations.Migration):
    """Reversing keeps the keys: the column goes with the migration before."""

    dependencies = [("cms_pages", "0003_names_in_persian_order")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
