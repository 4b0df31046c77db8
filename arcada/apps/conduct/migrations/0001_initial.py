
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0003_plans'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('terms', 'terms'), ('standard', 'standard'), ('consent', 'consent')], max_length=16)),
                ('version', models.PositiveIntegerField()),
                ('language', models.CharField(max_length=8)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'version', 'language'), name='conduct_one_document')],
            },
        ),
        migrations.CreateModel(
            name='MisuseReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('about_kind', models.CharField(max_length=16)),
                ('about_id', models.UUIDField()),
                ('category', models.CharField(choices=[('no_consent', 'no_consent'), ('not_their_patient', 'not_their_patient'), ('no_licence', 'no_licence'), ('not_clinical', 'not_clinical'), ('harassment', 'harassment'), ('fraud', 'fraud'), ('other', 'other')], max_length=24)),
                ('text', models.TextField(max_length=4000)),
                ('reporter_kind', models.CharField(max_length=16)),
                ('reporter_id', models.UUIDField()),
                ('state', models.CharField(choices=[('open', 'open'), ('dismissed', 'dismissed'), ('upheld', 'upheld')], default='open', max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Sanction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('verb', models.CharField(choices=[('warn', 'warn'), ('restrict', 'restrict'), ('suspend', 'suspend'), ('terminate', 'terminate'), ('lift', 'lift')], max_length=16)),
                ('before', models.CharField(max_length=16)),
                ('after', models.CharField(max_length=16)),
                ('reason', models.TextField()),
                ('authority', models.CharField(blank=True, max_length=160)),
                ('created_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conduct.misusereport')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(max_length=4000)),
                ('created_at', models.DateTimeField()),
                ('is_granted', models.BooleanField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sanction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conduct.sanction')),
            ],
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('version', models.PositiveIntegerField()),
                ('language', models.CharField(max_length=8)),
                ('sha256', models.CharField(max_length=64)),
                ('accepted_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'version'), name='conduct_one_acceptance')],
            },
        ),
        migrations.AddIndex(
            model_name='misusereport',
            index=models.Index(fields=['state', 'created_at'], name='conduct_queue'),
        ),
        migrations.AddIndex(
            model_name='sanction',
            index=models.Index(fields=['user', '-created_at'], name='conduct_of_user'),
        ),
        migrations.AddIndex(
            model_name='sanction',
            index=models.Index(fields=['workspace', '-created_at'], name='conduct_of_workspace'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.CheckConstraint(condition=models.Q(('user', None), ('workspace', None), _connector='XOR'), name='conduct_against_one'),
        ),
    ]
