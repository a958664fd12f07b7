from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backups", "0002_r_keep")]

    operations = [
        migrations.AddField(
            model_name="restore", name="log_trouble", field=models.TextField(blank=True, default="")
        )
    ]
