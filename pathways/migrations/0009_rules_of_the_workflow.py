from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pathways', '0008_who_wrote_and_what_was_confirmed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='revision',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='published_by_someone_else',
        ),
        migrations.RemoveConstraint(
            model_name='ruleset',
            name='ruleset_confirmed_on_and_by_together',
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('published_by__isnull', True), models.Q(('emergency_reason', ''), _negated=True), models.Q(('published_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='published_by_someone_else'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('published_by__isnull', True), models.Q(('emergency_reason', ''), _negated=True), models.Q(models.Q(('published_by', models.F('created_by')), _negated=True), models.Q(('published_by', models.F('written_by')), _negated=True)), _connector='OR'), name='published_by_none_of_its_writers'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('significance__in', ['MAJOR', 'MINOR'])), name='revision_significance_known'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', True), models.Q(('significance', 'MAJOR'), models.Q(('status__in', ('PUBLISHED', 'SUPERSEDED')), _negated=True), _connector='OR')), models.Q(('corrects__isnull', False), ('significance', 'MINOR'), ('status__in', ('PUBLISHED', 'SUPERSEDED'))), _connector='OR'), name='a_minor_edition_corrects_another'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('temporary_until__isnull', True), models.Q(('effective_from__isnull', False), ('status__in', ('PUBLISHED', 'SUPERSEDED')), ('temporary_until__gte', models.F('effective_from'))), _connector='OR'), name='temporary_until_no_earlier_than_its_start'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('returns_after__isnull', True), ('status__in', ('PUBLISHED', 'SUPERSEDED')), _connector='OR'), name='only_an_approved_revision_returns'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_reason', ''), ('status__in', ('PUBLISHED', 'SUPERSEDED')), _connector='OR'), name='only_an_approved_revision_is_an_emergency'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('countersigned_at__isnull', True), ('countersigned_by__isnull', True)), models.Q(('countersigned_at__isnull', False), ('countersigned_by__isnull', False)), _connector='OR'), name='countersigned_by_and_at_together'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('countersigned_by__isnull', True), models.Q(('emergency_reason', ''), _negated=True), _connector='OR'), name='only_an_emergency_is_countersigned'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('countersigned_by__isnull', True), models.Q(('countersigned_by', models.F('published_by')), _negated=True), _connector='OR'), name='countersigned_by_someone_else'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by__isnull', True), ('confirmed_edition__isnull', True), ('confirmed_on__isnull', True)), models.Q(('confirmed_by__isnull', False), ('confirmed_edition__isnull', False), ('confirmed_on__isnull', False)), _connector='OR'), name='ruleset_confirmed_on_and_by_together'),
        ),
    ]
