import django.contrib.postgres.functions
from django.db import migrations, models

import tenants.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="handle",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=tenants.identifiers.new_id,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="rights",
            field=models.CharField(
                db_default="",
                default="",
                editable=False,
                help_text="What its person might do, summed up.",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="wrong_answers",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="At the lock and when asked to confirm, since the last right one.",
            ),
        ),
    ]
