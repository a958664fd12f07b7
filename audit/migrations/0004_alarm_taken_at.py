from typing import Any

from django.db import migrations, models
from django.db.models import F


def believe_what_was_told(apps: Any, _schema_editor: Any) -> None:
    """Whoever listens at the webhook doesn't hear all of the past anew."""
    apps.get_model("audit", "Alarm").objects.exclude(told_at=None).update(
        posted_at=F("told_at"), taken_at=F("told_at")
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_alarm_facts")]

    operations = [
        migrations.AddField(model_name="alarm", name="posted_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="alarm", name="taken_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(believe_what_was_told, migrations.RunPython.noop),
    ]
