"""All tables of the first release, in one step; `replaces` names the steps they were made in."""

import django.db.models.deletion
import django.db.models.functions.comparison
import modelcluster.fields
import uuid
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

from desk_core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('notices', '0001_initial'),
        ('notices', '0002_affected_services_in_persian_order'),
        ('notices', '0003_keep_updates_of_gone_authors'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('cms_pages', '0001_squashed'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='NoticeIndexPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ],
                options={
                    'verbose_name': 'notices',
                    'verbose_name_plural': 'notices',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='AffectedService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], max_length=8, verbose_name='impact')),
                    ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms_pages.service', verbose_name='service')),
                ],
                options={
                    'verbose_name': 'affected service',
                    'verbose_name_plural': 'affected services',
                    'ordering': ['service__sort_order', 'service__name_key'],
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('origin', models.UUIDField(editable=False, unique=True)),
                    ('title', models.CharField(help_text='As it was when first published.', max_length=255, verbose_name='title')),
                    ('kind', models.CharField(choices=[('outage', 'Outage'), ('maintenance', 'Planned maintenance'), ('announcement', 'Announcement')], max_length=12, verbose_name='kind')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], help_text='On the whole desk, or on services that have no row of their own.', max_length=8, verbose_name='impact')),
                    ('severity', models.CharField(choices=[('none', 'Information'), ('minor', 'Minor'), ('major', 'Major'), ('critical', 'Critical')], max_length=8, verbose_name='severity')),
                    ('starts_at', models.DateTimeField(verbose_name='start')),
                    ('expected_end', models.DateTimeField(blank=True, null=True, verbose_name='expected end')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='real end')),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                    ('first_published_at', models.DateTimeField(verbose_name='first published')),
                    ('over_at', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('cancelled_at'), models.F('ended_at'), models.Case(models.When(models.Q(('kind', 'outage'), _negated=True), then=models.F('expected_end'))), output_field=models.DateTimeField()), output_field=models.DateTimeField(null=True))),
                    ('services', models.ManyToManyField(related_name='notices', through='notices.AffectedService', to='cms_pages.service', verbose_name='affected services')),
                ],
                options={
                    'verbose_name': 'notice',
                    'verbose_name_plural': 'notices',
                    'ordering': ['-starts_at', 'id'],
                    'indexes': [models.Index(fields=['over_at', 'starts_at'], name='notice_over_start'), models.Index(fields=['-starts_at', 'id'], name='notice_newest_start')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('expected_end', None), ('expected_end__gt', models.F('starts_at')), _connector='OR'), name='notice_expected_after_start'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('starts_at')), _connector='OR'), name='notice_ended_after_start'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('cancelled_at', None), _connector='OR'), name='notice_ended_or_cancelled'), models.CheckConstraint(condition=models.Q(('expected_end', None), ('kind', 'maintenance'), _negated=True), name='notice_maintenance_has_end')],
                },
            ),
            migrations.CreateModel(
                name='NoticePage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('kind', models.CharField(choices=[('outage', 'Outage'), ('maintenance', 'Planned maintenance'), ('announcement', 'Announcement')], default='outage', max_length=12, verbose_name='kind')),
                    ('impact', models.CharField(choices=[('none', 'No effect'), ('degraded', 'Slow or faulty'), ('partial', 'Partly unavailable'), ('major', 'Unavailable')], default='major', max_length=8, verbose_name='impact on the services')),
                    ('starts_at', models.DateTimeField(blank=True, help_text='Empty means: from the moment of publication.', null=True, verbose_name='start')),
                    ('expected_end', models.DateTimeField(blank=True, help_text='Leave empty when nobody knows. Planned maintenance ends by itself then.', null=True, verbose_name='expected end')),
                    ('message', models.TextField(help_text='Two or three sentences: what happened, whom it touches, what to do instead.', max_length=4000, verbose_name='what people should know')),
                    ('body', wagtail.fields.RichTextField(blank=True, verbose_name='more details')),
                    ('affected_services', modelcluster.fields.ParentalManyToManyField(blank=True, help_text='Choose none when the whole desk is affected.', related_name='+', to='cms_pages.service', verbose_name='affected services')),
                    ('notice', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='notices.notice', verbose_name='notice')),
                ],
                options={
                    'verbose_name': 'notice',
                    'verbose_name_plural': 'notices',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='NoticeUpdate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(editable=False, max_length=64)),
                    ('state', models.CharField(choices=[('investigating', 'Investigating'), ('identified', 'Cause found'), ('monitoring', 'Repaired, being watched'), ('resolved', 'Resolved'), ('scheduled', 'Planned'), ('in_progress', 'In progress'), ('verifying', 'Being checked'), ('completed', 'Completed'), ('announced', 'Announced'), ('cancelled', 'Cancelled')], max_length=13, verbose_name='state')),
                    ('text', models.TextField(blank=True, verbose_name='text')),
                    ('text_en', models.TextField(blank=True, verbose_name='text in English')),
                    ('at', models.DateTimeField(verbose_name='time')),
                    ('starts_at', models.DateTimeField(verbose_name='start')),
                    ('expected_end', models.DateTimeField(null=True, verbose_name='expected end')),
                    ('ended_at', models.DateTimeField(null=True, verbose_name='real end')),
                    ('author', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='notices.notice', verbose_name='notice')),
                ],
                options={
                    'verbose_name': 'update',
                    'verbose_name_plural': 'updates',
                    'ordering': ['at', 'id'],
                    'abstract': False,
                    'base_manager_name': 'objects',
                    'indexes': [models.Index(fields=['notice', 'at', 'id'], name='update_of_notice')],
                    'constraints': [models.UniqueConstraint(fields=('notice', 'key'), name='update_once_by_key'), models.CheckConstraint(condition=models.Q(('text', ''), ('text_en', ''), _negated=True), name='update_says_something')],
                },
            ),
        ]),
        migrations.AddField(
            model_name='affectedservice',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affected', to='notices.notice'),
        ),
        migrations.AddConstraint(
            model_name='affectedservice',
            constraint=models.UniqueConstraint(fields=('notice', 'service'), name='affected_once'),
        ),
    ]
