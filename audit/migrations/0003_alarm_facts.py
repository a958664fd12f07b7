from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_alarm_told_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="facts",
            field=models.JSONField(default=dict),
        ),
    ]
