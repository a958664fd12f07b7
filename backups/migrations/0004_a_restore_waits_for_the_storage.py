from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backups", "0003_a_restore_says_why_a_log_stays")]

    operations = [
        migrations.AddField(
            model_name="restore", name="storage_away_since", field=models.DateTimeField(null=True)
        )
    ]
