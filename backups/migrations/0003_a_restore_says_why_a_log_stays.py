from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backups", "0002_a_policy_kept_for_shorter")]

    operations = [
        migrations.AddField(
            model_name="restore", name="log_trouble", field=models.TextField(blank=True, default="")
        )
    ]
