from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0004_a_run_that_is_alive"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="queued_at",
            field=models.DateTimeField(default=timezone.now),
        ),
    ]
