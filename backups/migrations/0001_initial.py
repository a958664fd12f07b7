import datetime as dt

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0003_restoring"),
    ]

    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("manual", "On demand"),
                            ("safety", "Before a restore"),
                        ],
                        max_length=10,
                        unique=True,
                    ),
                ),
                (
                    "keep_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ]
                    ),
                ),
                ("window_opens", models.TimeField(default=dt.time(1, 0))),
                (
                    "window_minutes",
                    models.PositiveSmallIntegerField(
                        default=240,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ["keep_days"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("token", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("manual", "On demand"),
                            ("safety", "Before a restore"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(null=True)),
                ("requested_by", models.CharField(blank=True, max_length=200)),
                ("folder", models.TextField(blank=True)),
                ("database", models.CharField(blank=True, max_length=63)),
                ("key_version", models.PositiveIntegerField(null=True)),
                ("snapshot_at", models.DateTimeField(null=True)),
                ("manifest", models.JSONField(default=dict)),
                ("plain_bytes", models.PositiveBigIntegerField(null=True)),
                ("stored_bytes", models.PositiveBigIntegerField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("drilled_at", models.DateTimeField(null=True)),
                ("damage", models.TextField(blank=True)),
                ("hold_until", models.DateTimeField(null=True)),
                ("hold_reason", models.CharField(blank=True, max_length=500)),
                ("hold_by", models.CharField(blank=True, max_length=200)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backups",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["due", "id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("token", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("is_scheduled", models.BooleanField(default=True)),
                ("requested_by", models.CharField(blank=True, max_length=200)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("stop_requested_at", models.DateTimeField(null=True)),
                ("era", models.PositiveIntegerField(default=1)),
                ("identity_signature", models.BinaryField(default=bytes)),
                ("rto_seconds", models.FloatField(null=True)),
                ("rpo_seconds", models.FloatField(null=True)),
                ("failed_step", models.CharField(blank=True, max_length=50)),
                ("report", models.JSONField(default=dict)),
                ("signed_text", models.TextField(blank=True)),
                ("signature", models.BinaryField(default=bytes)),
                ("signed_off_by", models.CharField(blank=True, max_length=200)),
                ("signed_off_at", models.DateTimeField(null=True)),
                (
                    "backup",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drills",
                        to="backups.backup",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drills",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DrillStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=50)),
                (
                    "state",
                    models.CharField(
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
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("found", models.TextField(blank=True)),
                ("details", models.JSONField(default=dict)),
                (
                    "drill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="backups.drill"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RecoveryKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("recipient", models.CharField(max_length=100)),
                ("signature", models.BinaryField(default=bytes)),
                ("wrapped", models.BinaryField()),
                ("wrapped_for", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("certificate", models.JSONField(default=dict)),
                ("checked_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=500)),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_keys",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Restore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("in_place", models.BooleanField(default=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("disaster", "The data was lost or damaged"),
                            ("mistake", "Somebody deleted or changed something by mistake"),
                            ("incident", "A security incident is being looked into"),
                            ("legal", "The law demands it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Asked for"),
                            ("refused", "Refused"),
                            ("approved", "Agreed to"),
                            ("running", "Being restored"),
                            ("ready", "Restored beside the present one"),
                            ("swapped", "In force"),
                            ("given_up", "Given up"),
                            ("failed", "Failed"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("requested_by", models.CharField(max_length=200)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("leaves_log", models.BooleanField(default=False)),
                ("ready_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("asked_by_tenant", models.BooleanField(default=False)),
                ("new_database", models.CharField(blank=True, max_length=63)),
                ("old_database", models.CharField(blank=True, max_length=63)),
                ("old_kept_until", models.DateTimeField(null=True)),
                ("borrower", models.CharField(blank=True, max_length=100)),
                ("borrower_signature", models.BinaryField(default=bytes)),
                ("lent_identity", models.BinaryField(default=bytes)),
                ("not_lent", models.CharField(blank=True, max_length=500)),
                ("comparison", models.JSONField(default=dict)),
                (
                    "backup",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="restores",
                        to="backups.backup",
                    ),
                ),
                (
                    "operation",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="tenants.operation"
                    ),
                ),
                (
                    "swap",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="swapped",
                        to="tenants.operation",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restores",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at"],
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="backup",
            index=models.Index(fields=["tenant", "-snapshot_at"], name="backup_by_tenant"),
        ),
        migrations.AddIndex(
            model_name="backup",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["next_try_at"],
                name="backup_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="backup",
            constraint=models.UniqueConstraint(
                fields=("tenant", "tier", "due"), name="one_backup_per_due_moment", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="drill",
            index=models.Index(fields=["tenant", "-finished_at"], name="drill_by_tenant"),
        ),
        migrations.AddIndex(
            model_name="drill",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["next_try_at"],
                name="drill_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="drillstep",
            constraint=models.UniqueConstraint(
                fields=("drill", "position"), name="one_drill_step_per_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverykey",
            constraint=models.UniqueConstraint(
                fields=("tenant", "version"), name="one_recovery_key_per_version", nulls_distinct=False
            ),
        ),
    ]
