from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backups", "0004_a_restore_waits_for_the_storage")]

    operations = [
        migrations.AddField(model_name="backup", name="spared_until", field=models.DateTimeField(null=True))
    ]
