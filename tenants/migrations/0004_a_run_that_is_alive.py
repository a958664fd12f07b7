from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_restoring")]

    operations = [
        migrations.AddField(model_name="controlrun", name="alive_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="controlrun",
            name="progress",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="controlrun",
            name="exit_code",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
