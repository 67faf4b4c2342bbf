"""What is due at midnight belongs to the day that ends then, and to that day's month.

Closed months never change: a clock stays where it is if its month, or the one before, is closed.
"""

from django.db import migrations
from django.db.models import Exists, OuterRef

from sla.months import Period, earlier


def to_the_month_that_ends(apps, schema_editor):
    """Move what is due in the very first moment of a month to the month before."""
    Clock = apps.get_model("sla", "Clock")
    MonthReport = apps.get_model("sla", "MonthReport")
    months = Clock.objects.exclude(month=None).order_by().values_list("month", flat=True)
    for month in list(months.distinct()):
        closed = MonthReport.objects.filter(
            version=OuterRef("version"), month__in=[month, earlier(month)]
        )
        midnight = Clock.objects.filter(month=month, due_at=Period(month).starts)
        midnight.filter(~Exists(closed)).update(month=earlier(month))


class Migration(migrations.Migration):
    dependencies = [("sla", "0010_termination_by_two")]

    operations = [migrations.RunPython(to_the_month_that_ends, migrations.RunPython.noop)]
