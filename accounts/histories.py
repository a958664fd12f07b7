"""How people, and what they were given, are called in the activity log: staff are named in it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.registry import Surface
from accounts.managers import UserQuerySet
from accounts.models import Review, ReviewItem, Role, SecurityPolicy, User
from accounts.people.about import tabs_about
from activity.actors import name_actors
from activity.histories import History, add_history
from activity.tables import describe
from tenants.binding import bound_tenant

BOTH: tuple[Surface, ...] = ("tenant", "operator")


def _sort() -> str:
    """What people are called in the log of whoever is bound."""
    return "user" if bound_tenant() else "operator"


def _names_of(keys: set[str]) -> dict[str, str]:
    return {f"{_sort()}:{user.pk}": user.name for user in User.objects.filter(pk__in=[*_ids(keys)])}


def _ids(keys: set[str]) -> Iterator[UUID]:
    for key in keys:
        sort, _colon, text = key.partition(":")
        try:
            if sort == _sort():
                yield UUID(text)
        except ValueError:
            continue


def _everybody() -> list[tuple[str, str]]:
    return [(f"{_sort()}:{user.pk}", user.name) for user in User.objects.order_by("name", "pk")]


def _people(_person: Any) -> UserQuerySet:
    return User.objects.get_queryset()


name_actors(_names_of, _everybody)
describe(
    "accounts_user",
    pgettext_lazy("in a sentence", "person"),
    {
        "email": _("E-mail"),
        "name": _("Name"),
        "password": _("Password"),
        "language": _("Language"),
        "theme": _("Light or dark"),
        "density": _("Height of rows"),
        "shortcuts": _("Single keys"),
        "is_active": _("May sign in"),
        "joined_at": _("Here since"),
        "password_set_at": _("Password set at"),
        "must_set_password": _("Must set a new password"),
        "factor_reset_at": _("Second factor reset at"),
        "link_epoch": _("Links made worthless"),
    },
    named=_people,
)
describe(
    "accounts_role",
    pgettext_lazy("in a sentence", "role"),
    {
        "group_id": _("Content"),
        "code": _("Code"),
        "name": _("Name"),
        "purpose": _("What it is for"),
        "version": _("Version"),
        "cloned_from_id": _("Copied from"),
        "created_at": _("Added at"),
        "created_by_id": _("Added by"),
    },
    named=lambda _person: Role.objects.all(),
)
describe(
    "accounts_assignment",
    pgettext_lazy("in a sentence", "assignment of a role"),
    {
        "user_id": _("Person"),
        "role_id": _("Role"),
        "scope": _("Scope"),
        "scope_id": _("Which one"),
        "starts_at": _("From"),
        "ends_at": _("Until"),
        "reason": _("Reason"),
        "review_on": _("Review on"),
        "granted_at": _("Granted at"),
        "granted_by_id": _("Granted by"),
        "ended_by_id": _("Ended by"),
        "end_reason": _("Why it ended"),
    },
)
describe(
    "accounts_securitypolicy",
    pgettext_lazy("in a sentence", "security settings"),
    {
        "preset": _("Preset"),
        "idle_minutes": _("Minutes without a sign of life"),
        "absolute_hours": _("Hours at most"),
        "lock_minutes": _("Minutes until the screen is locked"),
        "totp_for_all": _("Second factor for everybody"),
        "second_operator_may_approve": _("A second operator may approve"),
    },
)
describe(
    "accounts_review",
    pgettext_lazy("in a sentence", "access review"),
    {"name": _("Name"), "state": _("State"), "due_on": _("Due on"), "ended_at": _("Ended")},
    named=lambda _person: Review.objects.all(),
)
describe(
    "accounts_reviewitem",
    pgettext_lazy("in a sentence", "decision of an access review"),
    {
        "review_id": _("Access review"),
        "person_name": _("Person"),
        "role_name": _("Role"),
        "decision": _("Decision"),
        "reduced_to_id": _("Reduced to"),
        "reason": _("Reason"),
        "decided_at": _("Decided"),
        "decided_by_id": _("Decided by"),
    },
    named=lambda _person: ReviewItem.objects.all(),
)
describe("accounts_supportgrant", pgettext_lazy("in a sentence", "access for support"))
describe("accounts_totpdevice", pgettext_lazy("in a sentence", "authenticator app"))
describe("accounts_recoverycode", pgettext_lazy("in a sentence", "recovery code"))
describe("auth_group", pgettext_lazy("in a sentence", "content of a role"))
describe("auth_group_permissions", pgettext_lazy("in a sentence", "permission in a role"))
describe("jobs_job", pgettext_lazy("in a sentence", "job"))

add_history(
    History(
        model=Role,
        code="accounts.role:history",
        label=_("Roles"),
        list_url="roles:role-list",
        detail_url="roles:role-detail",
        surfaces=BOTH,
    )
)
add_history(
    History(
        model=SecurityPolicy,
        code="accounts.security_policy:history",
        label=_("Security settings"),
        list_url="people:policy",
        detail_url="",
        surfaces=BOTH,
    )
)
add_history(
    History(
        model=User,
        code="accounts.user:history",
        label=_("People"),
        list_url="people:person-list",
        detail_url="people:person-detail",
        surfaces=BOTH,
        tabs=tabs_about,
    )
)
