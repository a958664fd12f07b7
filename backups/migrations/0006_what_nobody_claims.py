from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backups", "0005_a_copy_found_again_is_spared"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnclaimedCopy",
            fields=[
                ("folder", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("database", models.CharField(max_length=63)),
                ("tier", models.CharField(max_length=10)),
                ("at", models.DateTimeField(null=True)),
                ("bytes", models.PositiveBigIntegerField()),
                ("is_signed", models.BooleanField()),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-is_signed", "-at", "folder"],
                "default_permissions": (),
            },
        ),
    ]
