from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0011_month_of_midnight")]

    operations = [
        migrations.AddField(
            model_name="monthreport",
            name="names",
            field=models.JSONField(default=dict, verbose_name="names"),
        ),
    ]
