"""All tables of the first release, in one step; `replaces` names the steps they were made in."""

import desk_core.models.outgoing_messages
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('desk_core', '0001_initial'),
        ('desk_core', '0002_backups'),
        ('desk_core', '0003_backup_parts'),
        ('desk_core', '0004_message_receipts'),
        ('desk_core', '0005_audit_seals'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('after_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('count', models.PositiveIntegerField(verbose_name='entries')),
                ('chain', models.CharField(max_length=64, verbose_name='chain')),
                ('mark', models.CharField(max_length=64, verbose_name='mark')),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sealed at')),
            ],
            options={
                'verbose_name': 'seal of the audit trail',
                'verbose_name_plural': 'seals of the audit trail',
                'ordering': ['number'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('covers_until', models.DateTimeField(blank=True, null=True, verbose_name='covers everything until')),
                ('manifest_sha256', models.CharField(blank=True, help_text='Of the stored file, as sha256sum prints it.', max_length=64, verbose_name='SHA-256 of the manifest')),
                ('counts', models.JSONField(default=dict, help_text='Tables, rows, files, bytes of files.', verbose_name='counts')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='last checked')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified')),
                ('verified_counts', models.JSONField(default=dict, help_text='What was restored, compared and opened.', verbose_name='verified counts')),
                ('parts', models.JSONField(default=list, help_text='Name, size and SHA-256 of each stored file that was verified.', verbose_name='parts')),
                ('problems', models.JSONField(default=list, verbose_name='problems')),
            ],
            options={
                'verbose_name': 'backup',
                'verbose_name_plural': 'backups',
                'ordering': ['-started_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('verified_at__isnull', False)), fields=['-covers_until'], name='desk_backup_verified')],
            },
        ),
        migrations.CreateModel(
            name='SubjectKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key_id', models.CharField(blank=True, max_length=64, verbose_name='key')),
                ('wrapped', models.BinaryField(null=True, verbose_name='wrapped data key')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
            ],
            options={
                'verbose_name': 'data key',
                'verbose_name_plural': 'data keys',
                'indexes': [models.Index(fields=['key_id', 'id'], name='desk_subjectkey_key_id')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='time')),
                ('action', models.CharField(max_length=60, verbose_name='action')),
                ('actor_name', models.CharField(blank=True, max_length=150, verbose_name='user name')),
                ('target', models.CharField(max_length=120, verbose_name='record')),
                ('department_id', models.BigIntegerField(null=True, verbose_name='department')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['-at', '-id'], name='desk_audit_at'), models.Index(fields=['target', '-at'], name='desk_audit_target'), models.Index(fields=['actor', '-at'], name='desk_audit_actor'), models.Index(fields=['department_id', '-at'], name='desk_audit_department')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('local_id', models.BigIntegerField(default=desk_core.models.outgoing_messages.new_local_id, unique=True, verbose_name='local number')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'Text message')], max_length=8, verbose_name='channel')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('quarantined', 'Set aside for a look'), ('cancelled', 'Cancelled')], default='waiting', max_length=12, verbose_name='state')),
                ('sealed', models.BinaryField(verbose_name='sealed recipient and values')),
                ('template', models.CharField(max_length=120, verbose_name='template')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
                ('variant', models.CharField(blank=True, max_length=16, verbose_name='variant of the text')),
                ('dedupe', models.CharField(max_length=200, unique=True, verbose_name='same message')),
                ('sealed_hint', models.BinaryField(default=b'', verbose_name='sealed masked recipient')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('not_after', models.DateTimeField(editable=False, null=True, verbose_name='worth nothing after')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('started_at', models.DateTimeField(editable=False, null=True)),
                ('error', models.CharField(blank=True, max_length=120, verbose_name='last error')),
                ('provider_id', models.CharField(blank=True, max_length=100, verbose_name="gateway's number")),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('finished_at', models.DateTimeField(editable=False, null=True, verbose_name='finished')),
                ('delivery', models.CharField(blank=True, choices=[('pending', 'On its way'), ('delivered', 'Delivered'), ('failed', 'Not delivered'), ('unknown', 'No receipt came')], max_length=10, verbose_name='receipt')),
                ('delivery_code', models.CharField(blank=True, max_length=20, verbose_name="gateway's word")),
                ('delivery_at', models.DateTimeField(editable=False, null=True, verbose_name='receipt asked for')),
                ('receipt_due_at', models.DateTimeField(editable=False, null=True)),
                ('subject_key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk_core.subjectkey')),
            ],
            options={
                'verbose_name': 'outgoing message',
                'verbose_name_plural': 'outgoing messages',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at', 'id'], name='desk_outgoing_due'), models.Index(condition=models.Q(('lease__isnull', False)), fields=['lease'], name='desk_outgoing_lease'), models.Index(fields=['state', 'created_at'], name='desk_outgoing_state'), models.Index(fields=['-created_at', '-id'], name='desk_outgoing_newest'), models.Index(condition=models.Q(('receipt_due_at__isnull', False)), fields=['receipt_due_at'], name='desk_outgoing_receipt')],
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms'])), name='desk_outgoing_channel'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sent', 'quarantined', 'cancelled'])), name='desk_outgoing_known_state')],
            },
        ),
    ]
