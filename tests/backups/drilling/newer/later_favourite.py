from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contacts", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("contact", "is_favourite", models.BooleanField(default=False, db_default=False)),
    ]
