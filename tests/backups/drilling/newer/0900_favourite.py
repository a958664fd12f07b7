from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.AddField("contact", "is_favourite", models.BooleanField(default=False, db_default=False)),
    ]
