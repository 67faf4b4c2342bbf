"""The time zone of an account can no longer be chosen; one that was chosen must not stay behind."""

from django.db import migrations


def forget(apps, schema_editor):
    """Let every account go by the site's clock."""
    profiles = apps.get_model("wagtailusers", "UserProfile").objects
    profiles.using(schema_editor.connection.alias).update(current_time_zone="")


class Migration(migrations.Migration):
    """Reversing brings no choice back: each account may make it anew."""

    dependencies = [
        ("cms_pages", "0006_name_wagtails_own_rows"),
        ("wagtailusers", "0007_userprofile_current_time_zone"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
