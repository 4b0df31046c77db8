import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_standing_plan_and_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=48, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('tier', models.CharField(choices=[('viewer', 'viewer'), ('trial', 'trial'), ('subscriber', 'subscriber')], max_length=16)),
                ('quota_bytes', models.BigIntegerField(null=True)),
                ('seats', models.PositiveIntegerField(null=True)),
                ('days', models.PositiveIntegerField(null=True)),
                ('price_minor', models.PositiveIntegerField(default=0)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('is_offered', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('price_minor', models.PositiveIntegerField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('started_at', models.DateTimeField()),
                ('billed_until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.plan')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('from_at', models.DateTimeField()),
                ('until_at', models.DateTimeField()),
                ('price_minor', models.PositiveIntegerField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('paid_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.subscription')),
            ],
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('workspace',), name='accounts_one_subscription'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.UniqueConstraint(fields=('subscription', 'from_at'), name='accounts_one_bill_a_month'),
        ),
    ]
