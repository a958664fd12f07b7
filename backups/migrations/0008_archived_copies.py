import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.identifiers

STATES = [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")]
PURPOSES = [
    ("authority", "An authority or a court demands it"),
    ("inspection", "A tax audit, or another inspection"),
    ("dispute", "A legal dispute"),
    ("subject", "Somebody asks what is kept about them"),
]
RETRIEVAL_STATES = [
    ("requested", "Asked for"),
    ("approved", "Agreed to: the delay runs"),
    ("ready", "Can be fetched, once"),
    ("fetched", "Fetched"),
    ("stopped", "Stopped"),
    ("lapsed", "Not fetched in time"),
    ("failed", "Failed"),
]


class Migration(migrations.Migration):
    dependencies = [("backups", "0007_a_step_says_it_in_every_language")]

    operations = [
        migrations.CreateModel(
            name="ArchivedCopy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("token", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=500)),
                ("keep_until", models.DateField()),
                ("requested_by", models.CharField(max_length=200)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_sealed", models.BooleanField(default=False)),
                ("taken_at", models.DateTimeField(null=True)),
                ("recipients", models.TextField(blank=True)),
                ("rows", models.PositiveBigIntegerField(null=True)),
                ("files", models.PositiveBigIntegerField(null=True)),
                ("bytes", models.PositiveBigIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
                ("damage", models.TextField(blank=True)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="archived_copies",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={"ordering": ["-requested_at", "-id"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Retrieval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(choices=PURPOSES, max_length=10)),
                ("reason", models.CharField(max_length=500)),
                ("state", models.CharField(choices=RETRIEVAL_STATES, default="requested", max_length=10)),
                ("requested_by", models.CharField(max_length=200)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("opens_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("ready_until", models.DateTimeField(null=True)),
                ("stopped_by", models.CharField(blank=True, max_length=200)),
                ("fetched_by", models.CharField(blank=True, max_length=200)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "archived",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retrievals",
                        to="backups.archivedcopy",
                    ),
                ),
            ],
            options={"ordering": ["-requested_at", "-id"], "default_permissions": ()},
        ),
        migrations.AddConstraint(
            model_name="retrieval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "approved", "ready"])),
                fields=("archived",),
                name="one_open_retrieval_per_archived_copy",
            ),
        ),
    ]
