from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.rights import NO_RIGHTS, Rights
from accounts.compiling import rights_of
from accounts.fields import EmailAddressField
from accounts.languages import languages
from accounts.managers import UserManager
from audit.recording import record
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class User(OfOneTenant, AbstractBaseUser):
    """A named person: of the tenant in a tenant's database, of us (an operator) in the catalog."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", pgettext_lazy("theme", "Light")
        DARK = "dark", pgettext_lazy("theme", "Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = EmailAddressField(_("e-mail"))
    name = models.CharField(max_length=150)
    language = models.CharField(
        max_length=10, choices=languages, blank=True, help_text=_("Empty: the tenant's own language.")
    )
    theme = models.CharField(
        _("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM, db_default=Theme.SYSTEM
    )
    density = models.CharField(
        _("density"),
        max_length=15,
        choices=Density.choices,
        default=Density.COMFORTABLE,
        db_default=Density.COMFORTABLE,
        help_text=_("How high the rows of lists are."),
    )
    shortcuts = models.BooleanField(
        _("single-key shortcuts"),
        default=True,
        db_default=True,
        help_text=_("Off for whoever speaks to the computer, or types with a device that slips."),
    )
    is_active = models.BooleanField("active", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    password_set_at = models.DateTimeField(null=True, editable=False)
    must_set_password = models.BooleanField(default=False, db_default=False, editable=False)
    factor_reset_at = models.DateTimeField(null=True, editable=False)
    link_epoch = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Links made in an earlier epoch are worthless.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_guest = False  # as accounts.support.guest.Guest has it

    class Meta:
        ordering = ("name", "id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address is here already."),
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rights(self) -> Rights:
        """What this person may do, as it was when the request began. None of a person who isn't active."""
        return rights_of(self) if self.is_active else NO_RIGHTS

    def has_perm(self, code: str, record: models.Model | None = None) -> bool:
        """Whether `code` is held: somewhere, or with `record`."""
        return self.rights.may(code) if record is None else self.rights.may_with(code, record)

    @property
    def open_sessions(self) -> int:
        """In how many browsers this person is signed in."""
        return self.sessions.filter(expire_date__gt=timezone.now()).count()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password is recorded, whoever set it and how."""
        is_new = self._password is not None  # type: ignore[attr-defined]
        if is_new:
            self.password_set_at, self.must_set_password = timezone.now(), False
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "password_set_at", "must_set_password"}
        super().save(*args, **kwargs)
        if is_new:
            record("accounts.password_set", subject=self._meta.db_table, object_id=self.pk, name=self.name)
