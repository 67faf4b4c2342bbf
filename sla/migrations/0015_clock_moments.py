"""From when a clock is at risk, and when it is looked at next; those that run are looked at now."""

from django.db import migrations, models
from django.db.models import F, Q


def look_at_what_runs(apps, schema_editor):
    clocks = apps.get_model("sla", "Clock").objects
    clocks.filter(stopped_at=None, due_at__isnull=False).update(look_at=F("started_at"))


class Migration(migrations.Migration):
    dependencies = [("sla", "0014_clock_no_longer_wanted")]

    operations = [
        migrations.AddField(
            "clock",
            "at_risk_at",
            models.DateTimeField(null=True, verbose_name="at risk from"),
        ),
        migrations.AddField("clock", "look_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=Q(due_at__isnull=False, stopped_at=None),
                fields=["due_at", "at_risk_at"],
                include=("subject", "paused_at"),
                name="clock_due",
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=Q(look_at__isnull=False, paused_at=None, stopped_at=None),
                fields=["look_at"],
                name="clock_look_at",
            ),
        ),
        migrations.RunPython(look_at_what_runs, migrations.RunPython.noop, elidable=True),
    ]
