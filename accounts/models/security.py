from typing import ClassVar
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.belonging import OfOneTenant


class SecurityPolicy(OfOneTenant):
    """What a tenant asks of its people at the door; what we ask of operators, in the catalog. One row.

    `rights_mark` is new after whatever changes what somebody may do, and is read with the person whose request it is.
    It is no counter: a change that is rolled back would give its number to the next one.
    """

    class Preset(models.TextChoices):
        MARKETPLACE = "marketplace", _("Marketplaces")
        NIST = "nist", _("NIST 800-63B-4")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    preset = models.CharField(
        _("passwords"), max_length=20, choices=Preset.choices, default=Preset.MARKETPLACE
    )
    idle_minutes = models.PositiveIntegerField(
        _("signed out after minutes of silence"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(720)],
    )
    absolute_hours = models.PositiveIntegerField(
        _("signed out after hours in all"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
    )
    lock_minutes = models.PositiveIntegerField(
        _("screen locked after minutes of silence"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    totp_for_all = models.BooleanField(_("second factor for everybody"), default=False)
    second_operator_may_approve = models.BooleanField(
        _("a second operator may approve access for support"), default=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    rights_mark = models.UUIDField(default=uuid4, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_security_policy"),
        ]

    def __str__(self) -> str:
        return self.get_preset_display()

    @classmethod
    def in_force(cls) -> "SecurityPolicy":
        """The one of whoever is bound. The step that brings a database to this code has made it."""
        return cls.objects.get(pk=1)

    @classmethod
    def hold(cls) -> "SecurityPolicy":
        """Inside a transaction: whoever else changes rights here waits, so that a guard's count holds."""
        return cls.objects.select_for_update().get(pk=1)

    @classmethod
    def rights_changed(cls) -> None:
        """Everybody's rights are compiled anew at their next request."""
        cls.objects.filter(pk=1).update(rights_mark=uuid4())
