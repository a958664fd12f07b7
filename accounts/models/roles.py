from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.built_in import built_in
from accounts.managers import RoleQuerySet
from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class Role(OfOneTenant):
    """A named set of permissions, which stand in Django's Group. A built-in one comes from the code and is read-only.

    `offered`: the codes that there were when a custom role was last gone through, and after a + those that the role
    it was copied from held; what came later is off in it and is shown as new. `version` counts changes: of a built-in
    role those in the code.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role", editable=False)
    code = models.CharField(max_length=40, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    purpose = models.CharField(_("what it is for"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    cloned_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="clones"
    )
    offered = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"),
                name="role_name_unique",
                violation_error_message=_("Another role has this name."),
            ),
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="built_in_role_once"),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def is_built_in(self) -> bool:
        return bool(self.code)

    @property
    def label(self) -> str:
        """A built-in role is called what the code calls it, in the reader's language."""
        known = built_in(self.code) if self.code else None
        return str(known.label) if known else self.name

    @property
    def purpose_label(self) -> str:
        known = built_in(self.code) if self.code else None
        return str(known.purpose) if known else self.purpose
