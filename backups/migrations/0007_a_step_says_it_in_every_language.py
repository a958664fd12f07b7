from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backups", "0006_what_nobody_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="drillstep",
            name="words",
            field=models.JSONField(default=dict),
        ),
    ]
