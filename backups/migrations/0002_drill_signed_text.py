from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backups", "0002_hold_by")]

    operations = [
        migrations.AddField(
            model_name="drill",
            name="signed_text",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="drillstep",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("passed", "Passed"),
                    ("failed", "Failed"),
                    ("skipped", "Left out"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
