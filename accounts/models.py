from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import EmailAddressField
from accounts.languages import languages
from accounts.managers import UserManager
from accounts.sessions import SessionStore
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

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

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

    @property
    def open_sessions(self) -> int:
        """In how many browsers this person is signed in."""
        return self.sessions.filter(expire_date__gt=timezone.now()).count()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password is recorded, whoever set it and how."""
        is_new = self._password is not None  # type: ignore[attr-defined]
        super().save(*args, **kwargs)
        if is_new:
            record("accounts.password_set", subject=self._meta.db_table, object_id=self.pk, name=self.name)


class Session(OfOneTenant, AbstractBaseSession):
    """One browser's visit; before sign-in it is nobody's."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="sessions"
    )
    created_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    def touch(self) -> None:
        """Seen again: noted beside the session's data, which another request may be writing."""
        type(self).objects.filter(pk=self.pk).update(last_seen_at=timezone.now())
