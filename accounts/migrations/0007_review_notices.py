import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_owner_recovery"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reviewitem",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("keep", "Keep"),
                    ("reduce", "Reduce"),
                    ("revoke", "Revoke"),
                    ("unreviewed", "Not reviewed: nobody else may"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ReviewNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("due", "Comes due"), ("overdue", "Overdue"), ("begin", "To be started")],
                        max_length=10,
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "review",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="accounts.review",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "review"), name="reviewers_told_once", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
