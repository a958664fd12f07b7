"""An operator who is let in: somebody who looks, and isn't one of the tenant's people."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from access.registry import Risk, permissions
from access.rights import Rights
from accounts.models import SupportGrant

LOOKING = (":view", ":history")
NOT_FOR_GUESTS = Risk.PII | Risk.CREDENTIALS


@cache
def codes_of_guests() -> frozenset[str]:
    """Everything that looks and changes nothing, except personal data and what opens doors."""
    return frozenset(
        each.code
        for each in permissions("tenant")
        if each.code.endswith(LOOKING) and not each.risk & NOT_FOR_GUESTS
    )


@dataclass(frozen=True)
class Guest:
    """`request.user` during a visit. `pk` is the operator's; no row of the tenant's bears it."""

    grant_id: UUID
    pk: UUID
    name: str
    reason: str
    until: datetime
    language: str = ""
    rights: Rights = field(default_factory=lambda: Rights(everywhere=codes_of_guests()))

    is_guest: ClassVar = True
    is_authenticated: ClassVar = True
    is_anonymous: ClassVar = False
    is_active: ClassVar = True
    email: ClassVar = ""
    theme: ClassVar = "system"
    density: ClassVar = "comfortable"
    shortcuts: ClassVar = True
    must_set_password: ClassVar = False
    password_set_at: ClassVar = None
    factor_reset_at: ClassVar = None
    open_sessions: ClassVar = 1

    def __str__(self) -> str:
        return self.name

    @property
    def id(self) -> UUID:
        return self.pk

    def get_username(self) -> str:
        return self.name

    def has_perm(self, code: str, record: Model | None = None) -> bool:
        """As a User's. What a guest may, they may everywhere."""
        return self.rights.may(code)


def guest_of(grant: SupportGrant, language: str) -> Guest:
    """Of a visit that goes on."""
    assert grant.until is not None  # noqa: S101 - an open grant has an end
    return Guest(grant.pk, grant.operator_id, grant.operator_name, grant.reason, grant.until, language)


def guest_at(request: HttpRequest) -> Guest | None:
    """Whoever asks, where that is a guest."""
    user: Any = getattr(request, "user", None)
    return user if isinstance(user, Guest) else None
