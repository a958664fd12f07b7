"""Giving a person a role, and taking it away: guarded, recorded, and in force from the next request."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from access.rights import Rights
from accounts.exceptions import GrantRefused
from accounts.models import Assignment, Role, SecurityPolicy, User
from accounts.outranking import refuse_outranked, rights_now
from accounts.role_content import codes_of
from audit.recording import record

TABLE = User._meta.db_table
ASSIGN = "accounts.user:assign_role"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Where, from when to when and why somebody has a role."""

    scope: str = "tenant"
    scope_id: str = ""
    starts_at: datetime = field(default_factory=timezone.now)
    ends_at: datetime | None = None
    reason: str = ""
    review_on: date | None = None


@transaction.atomic
def grant(
    user: User, role: Role, by: User | None, terms: Terms | None = None, code: str = ASSIGN
) -> Assignment:
    """`user` has `role` from now on, or from when the terms say. `by` is None where the product itself does it.

    Raises GrantRefused: nobody grants what they lack, nobody to themselves, and nobody who may not do `code` any more.
    """
    terms = terms or Terms()
    SecurityPolicy.hold()
    if by is not None:
        _refuse_own(user, by)
        _refuse_what_is_lacking(role, refuse_who_may_no_longer(by, code))
    made = Assignment(user=user, role=role, granted_by=by, **vars(terms))
    made.full_clean(exclude=["user", "role", "granted_by"], validate_constraints=False)
    made.validate_constraints()
    made.save(force_insert=True)
    SecurityPolicy.rights_changed()
    record("accounts.role_granted", subject=TABLE, object_id=user.pk, name=user.name, role=role.name)
    return made


@transaction.atomic
def end(assignment: Assignment, by: User | None, reason: str, code: str = ASSIGN) -> None:
    """The role is `user`'s no longer.

    Raises GrantRefused for one's own, for the last owner, for whoever may not do `code` any more, and for whoever may
    do all that `by` may, and more.
    """
    SecurityPolicy.hold()
    assignment.refresh_from_db(from_queryset=Assignment.objects.select_for_update())
    if by is not None:
        _refuse_own(assignment.user, by)
        refuse_who_may_no_longer(by, code)
    now = timezone.now()
    if assignment.ends_at and assignment.ends_at <= now:
        raise GrantRefused(gettext("This role was taken away already."))
    refuse_last_owner(assignment.user, assignment)
    if by is not None:
        refuse_outranked(assignment.user, by)
    assignment.ends_at, assignment.ended_by, assignment.end_reason = (
        max(now, assignment.starts_at),
        by,
        reason,
    )
    assignment.save(update_fields=["ends_at", "ended_by", "end_reason"])
    SecurityPolicy.rights_changed()
    user, role = assignment.user, assignment.role
    record("accounts.role_ended", subject=TABLE, object_id=user.pk, name=user.name, role=role.name)


def refuse_last_owner(user: User, of: Assignment | None = None) -> None:
    """Inside SecurityPolicy.hold(). Raises GrantRefused where nobody would be left who may do everything.

    An owner who was invited and never came isn't somebody to leave it to, unless it is another such who goes.
    """
    owning = Assignment.objects.in_force().of_owners().filter(ends_at=None)
    mine = owning.filter(pk=of.pk) if of else owning.filter(user=user)
    left = owning.exclude(pk__in=mine.values("pk"))
    if user.has_usable_password():
        left = left.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if mine.exists() and not left.exists():
        raise GrantRefused(
            gettext("%(name)s is the last owner: make somebody else one first.") % {"name": user.name}
        )


def refuse_who_may_no_longer(by: User, code: str) -> Rights:
    """Inside SecurityPolicy.hold(): what `by` may do now, not when the request began to wait. Raises GrantRefused."""
    rights = rights_now(by)
    if not rights.may(code):
        raise GrantRefused(gettext("You may not do this any more: your rights have changed meanwhile."))
    return rights


def _refuse_own(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise GrantRefused(gettext("Nobody changes their own roles: ask another administrator."))


def _refuse_what_is_lacking(role: Role, rights: Rights) -> None:
    lacking = codes_of(role) - rights.everywhere
    if lacking:
        raise GrantRefused(
            gettext("You can't give what you don't have yourself: %(codes)s.")
            % {"codes": ", ".join(sorted(lacking)[:5])}
        )
