"""Impact over time, warnings, templates, recurring maintenance, and approval by two."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk_core.migrating import CreateModels


def say_first_impacts(apps, schema_editor):
    """What was published before says its impact with its first update."""
    database = schema_editor.connection.alias
    update = apps.get_model("notices", "NoticeUpdate")
    change = apps.get_model("notices", "ImpactChange")
    affected = {}
    for row in apps.get_model("notices", "AffectedService").objects.using(database).all():
        affected.setdefault(row.notice_id, []).append((row.service_id, row.impact))
    seen = set()
    rows = []
    first = update.objects.using(database).filter(notice__kind__in=("outage", "maintenance"))
    for one in first.select_related("notice").order_by("at", "pk"):
        if one.notice_id in seen:
            continue
        seen.add(one.notice_id)
        for service, impact in affected.get(one.notice_id, [(None, one.notice.impact)]):
            rows.append(change(update=one, service_id=service, impact=impact))
    change.objects.using(database).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('cms_pages', '0002_first_rows'),
        ('notices', '0003_subscriptions'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='BreakGlass',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.TextField(verbose_name='reason')),
                    ('at', models.DateTimeField(verbose_name='time')),
                    ('reviewed_at', models.DateTimeField(null=True, verbose_name='reviewed')),
                    ('finding', models.TextField(blank=True, verbose_name='finding')),
                    ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published alone by')),
                    ('reviewed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
                    ('update', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='break_glass', to='notices.noticeupdate', verbose_name='update')),
                ],
                options={
                    'verbose_name': 'publication by one person',
                    'verbose_name_plural': 'publications by one person',
                    'ordering': ['at', 'id'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='break_glass_has_reason'),
                        models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('by')), _negated=True), _connector='OR'), name='break_glass_reviewed_by_another'),
                        models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewed_by', None)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='break_glass_review_is_whole'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ImpactChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], max_length=8, verbose_name='impact')),
                    ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms_pages.service', verbose_name='service')),
                    ('update', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impact_changes', to='notices.noticeupdate', verbose_name='update')),
                ],
                options={
                    'verbose_name': 'impact of an update',
                    'verbose_name_plural': 'impacts of updates',
                    'ordering': ['update', 'id'],
                    'abstract': False,
                    'base_manager_name': 'objects',
                    'constraints': [
                        models.UniqueConstraint(fields=('update', 'service'), name='impact_once_an_update'),
                        models.UniqueConstraint(condition=models.Q(('service', None)), fields=('update',), name='impact_of_whole_desk_once_an_update'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NoticeTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('title_en', models.CharField(blank=True, max_length=200, verbose_name='title in English')),
                    ('message', models.TextField(max_length=4000, verbose_name='what people should know')),
                    ('message_en', models.TextField(blank=True, max_length=4000, verbose_name='what people should know, in English')),
                    ('name', models.CharField(help_text='For the list of templates only.', max_length=100, unique=True, verbose_name='name')),
                    ('kind', models.CharField(choices=[('outage', 'Outage'), ('maintenance', 'Planned maintenance'), ('announcement', 'Announcement'), ('warning', 'Road or urban warning')], default='maintenance', max_length=12, verbose_name='kind')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], default='major', max_length=8, verbose_name='impact on the services')),
                ],
                options={
                    'verbose_name': 'template of a notice',
                    'verbose_name_plural': 'templates of notices',
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='MaintenanceRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('title_en', models.CharField(blank=True, max_length=200, verbose_name='title in English')),
                    ('message', models.TextField(max_length=4000, verbose_name='what people should know')),
                    ('message_en', models.TextField(blank=True, max_length=4000, verbose_name='what people should know, in English')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], default='major', max_length=8, verbose_name='impact on the services')),
                    ('repeats', models.CharField(choices=[('jalali_weekday', 'A day of the week in each month (first Friday …)'), ('jalali_day', 'A day of each month (the tenth …)'), ('rrule', 'By a rule (RRULE)')], default='jalali_weekday', max_length=14, verbose_name='repeats')),
                    ('rrule', models.CharField(blank=True, help_text='For example FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', max_length=200, verbose_name='rule (RRULE)')),
                    ('month_day', models.PositiveSmallIntegerField(blank=True, help_text='Of a shorter month it is the last day.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month')),
                    ('which', models.SmallIntegerField(blank=True, choices=[(1, 'first'), (2, 'second'), (3, 'third'), (4, 'fourth'), (-1, 'last')], null=True, verbose_name='which of the month')),
                    ('weekday', models.PositiveSmallIntegerField(blank=True, choices=[(5, 'Saturday'), (6, 'Sunday'), (0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday')], null=True, verbose_name='day of the week')),
                    ('clock', models.TimeField(help_text='By the clock of Tehran.', verbose_name='starts at')),
                    ('minutes', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10080)], verbose_name='takes (minutes)')),
                    ('first_day', models.DateField(verbose_name='first day')),
                    ('last_day', models.DateField(blank=True, null=True, verbose_name='last day')),
                    ('days_ahead', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='made so many days ahead')),
                    ('publishes', models.BooleanField(default=False, help_text='Only once another person has approved this rule. Otherwise drafts are made, and each is published by a person.', verbose_name='publish by itself')),
                    ('active', models.BooleanField(default=True, verbose_name='active')),
                    ('approved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                    ('changed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last changed by')),
                    ('services', models.ManyToManyField(blank=True, help_text='Choose none when the whole desk is affected.', related_name='+', to='cms_pages.service', verbose_name='affected services')),
                ],
                options={
                    'verbose_name': 'recurring maintenance',
                    'verbose_name_plural': 'recurring maintenance',
                    'ordering': ['title', 'id'],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('changed_by')), _negated=True), _connector='OR'), name='rule_approved_by_another'),
                        models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='rule_ends_after_first_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Occurrence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='day')),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('page', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='occurrence', to='notices.noticepage')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='notices.maintenancerule')),
                ],
                options={
                    'verbose_name': 'occurrence',
                    'verbose_name_plural': 'occurrences',
                    'ordering': ['day', 'id'],
                    'constraints': [
                        models.UniqueConstraint(fields=('rule', 'day'), name='occurrence_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SecondPersonTask',
                fields=[
                    ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                    ('groups', models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups')),
                ],
                options={
                    'verbose_name': 'approval by a second person',
                    'verbose_name_plural': 'approvals by a second person',
                },
                bases=('wagtailcore.task',),
            ),
        ]),
        migrations.AddField(
            model_name='notice',
            name='area',
            field=models.TextField(blank=True, verbose_name='area'),
        ),
        migrations.AddField(
            model_name='notice',
            name='area_en',
            field=models.TextField(blank=True, verbose_name='area in English'),
        ),
        migrations.AddField(
            model_name='notice',
            name='certainty',
            field=models.CharField(blank=True, choices=[('observed', 'Observed'), ('likely', 'Likely'), ('possible', 'Possible'), ('unlikely', 'Unlikely'), ('unknown', 'Unknown')], max_length=8, verbose_name='certainty'),
        ),
        migrations.AddField(
            model_name='notice',
            name='event',
            field=models.CharField(blank=True, choices=[('road_closed', 'Road closed'), ('road_works', 'Road works'), ('bridge', 'Bridge or tunnel unsafe'), ('snow', 'Snow or ice on the road'), ('avalanche', 'Avalanche'), ('landslide', 'Landslide or rockfall'), ('flood', 'Flood'), ('visibility', 'Fog or dust'), ('crash', 'Traffic accident'), ('building', 'Unsafe building or excavation'), ('other', 'Other danger')], max_length=12, verbose_name='event'),
        ),
        migrations.AddField(
            model_name='notice',
            name='instruction',
            field=models.TextField(blank=True, verbose_name='instruction'),
        ),
        migrations.AddField(
            model_name='notice',
            name='instruction_en',
            field=models.TextField(blank=True, verbose_name='instruction in English'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='area',
            field=models.TextField(blank=True, help_text='In words that people of the place use: road, from where to where, county.', max_length=500, verbose_name='area'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='area_en',
            field=models.TextField(blank=True, max_length=500, verbose_name='area in English'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='certainty',
            field=models.CharField(blank=True, choices=[('observed', 'Observed'), ('likely', 'Likely'), ('possible', 'Possible'), ('unlikely', 'Unlikely'), ('unknown', 'Unknown')], max_length=8, verbose_name='certainty'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='event',
            field=models.CharField(blank=True, choices=[('road_closed', 'Road closed'), ('road_works', 'Road works'), ('bridge', 'Bridge or tunnel unsafe'), ('snow', 'Snow or ice on the road'), ('avalanche', 'Avalanche'), ('landslide', 'Landslide or rockfall'), ('flood', 'Flood'), ('visibility', 'Fog or dust'), ('crash', 'Traffic accident'), ('building', 'Unsafe building or excavation'), ('other', 'Other danger')], max_length=12, verbose_name='event'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='instruction',
            field=models.TextField(blank=True, help_text='What people should do: which other road to take, what to carry, whom to call.', max_length=4000, verbose_name='instruction'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='instruction_en',
            field=models.TextField(blank=True, max_length=4000, verbose_name='instruction in English'),
        ),
        migrations.AddField(
            model_name='noticepage',
            name='severity',
            field=models.CharField(blank=True, choices=[('none', 'Information'), ('minor', 'Minor'), ('major', 'Major'), ('critical', 'Critical')], max_length=8, verbose_name='severity'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('outage', 'Outage'), ('maintenance', 'Planned maintenance'), ('announcement', 'Announcement'), ('warning', 'Road or urban warning')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='noticepage',
            name='kind',
            field=models.CharField(choices=[('outage', 'Outage'), ('maintenance', 'Planned maintenance'), ('announcement', 'Announcement'), ('warning', 'Road or urban warning')], default='outage', max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='noticeupdate',
            name='state',
            field=models.CharField(choices=[('investigating', 'Investigating'), ('identified', 'Cause found'), ('monitoring', 'Repaired, being watched'), ('resolved', 'Resolved'), ('scheduled', 'Planned'), ('in_progress', 'In progress'), ('verifying', 'Being checked'), ('completed', 'Completed'), ('announced', 'Announced'), ('lifted', 'Lifted'), ('cancelled', 'Cancelled')], max_length=13, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'warning'), _negated=True), models.Q(('expected_end__isnull', False), models.Q(('event', ''), _negated=True), models.Q(('area', ''), ('area_en', ''), _negated=True)), _connector='OR'), name='notice_warning_is_whole'),
        ),
        migrations.RunPython(say_first_impacts, migrations.RunPython.noop),
    ]
