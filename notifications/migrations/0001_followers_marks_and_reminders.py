from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('reached', models.BigIntegerField(default=0)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('da', 'da'), ('en', 'en')], max_length=2, verbose_name='sprog')),
                ('told_on', models.DateField(verbose_name='underrettet')),
                ('asked_on', models.DateField(verbose_name='sidst spurgt')),
                ('asked', models.PositiveSmallIntegerField(default=0, verbose_name='spurgt den dag')),
            ],
            options={
                'verbose_name': 'følger',
                'verbose_name_plural': 'følgere',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('address', ''), _negated=True), name='follower_has_an_address'), models.CheckConstraint(condition=models.Q(('language__in', ['da', 'en'])), name='follower_language_known')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=160, unique=True)),
                ('since', models.DateField()),
                ('stage', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['subject'],
                'constraints': [models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='reminder_has_a_subject'), models.CheckConstraint(condition=models.Q(('stage__gte', 1)), name='reminder_stage_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('place', 'sted'), ('unit', 'enhed'), ('region', 'region')], max_length=6, verbose_name='art')),
                ('key', models.CharField(max_length=200, verbose_name='nøgle')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='ønsket')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='bekræftet')),
                ('follower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='notifications.follower')),
            ],
            options={
                'verbose_name': 'emne',
                'verbose_name_plural': 'emner',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('follower', 'kind', 'key'), name='one_topic_per_follower'), models.CheckConstraint(condition=models.Q(('kind__in', ['place', 'unit', 'region'])), name='topic_kind_known'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='topic_has_a_key'), models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', False), ('confirmed_on__isnull', True)), models.Q(('asked_at__isnull', True), ('confirmed_on__isnull', False)), _connector='OR'), name='topic_is_asked_for_or_confirmed')],
            },
        ),
    ]
