"""What a person may do, compiled from their assignments once, and again only after something has changed."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.utils import timezone

from access.registry import code_named, complete, permission
from access.rights import EVERYWHERE, Rights, Scope
from tenants.binding import bound_alias

if TYPE_CHECKING:
    from accounts.models import User

MOST = 10_000
_compiled: dict[tuple[str, UUID, UUID], Rights] = {}


def rights_of(person: "User") -> Rights:
    """From this process's memory where nothing has changed since; no query then."""
    key = (bound_alias(), person.pk, _mark(person))
    rights = _compiled.get(key)
    if rights is None or (rights.until and rights.until <= timezone.now()):
        rights = compile_rights(person)
        if len(_compiled) >= MOST:
            _compiled.clear()
        _compiled[key] = rights
    return rights


def _mark(person: "User") -> UUID:
    known: UUID | None = getattr(person, "rights_mark", None)
    return known or apps.get_model("accounts", "SecurityPolicy").in_force().rights_mark


def compile_rights(person: "User", leaving_out: UUID | None = None) -> Rights:
    """One query: the codes of all roles that the person has or will have, but for one that may be left out."""
    now = timezone.now()
    held: dict[Scope, set[str]] = defaultdict(set)
    boundaries: list[datetime] = []
    for kind, id_, starts, ends, codename, app in (
        person.assignments.not_over()
        .exclude(role=leaving_out)
        .values_list(
            "scope",
            "scope_id",
            "starts_at",
            "ends_at",
            "role__group__permissions__codename",
            "role__group__permissions__content_type__app_label",
        )
    ):
        boundaries += [moment for moment in (starts, ends) if moment and moment > now]
        if codename and starts <= now:
            held[Scope(kind, id_)].add(code_named(app, codename))
    completed = {scope: complete(frozenset(codes)) for scope, codes in held.items()}
    return Rights(
        person, completed.pop(EVERYWHERE, frozenset()), _by_code(completed), min(boundaries, default=None)
    )


def _by_code(held: dict[Scope, frozenset[str]]) -> dict[str, frozenset[Scope]]:
    """Without what has no such scope: a role for own records gives nothing of records that are nobody's own."""
    by_code: dict[str, set[Scope]] = defaultdict(set)
    for scope, codes in held.items():
        for code in codes:
            if scope.kind in permission(code).resource.scopes:
                by_code[code].add(scope)
    return {code: frozenset(scopes) for code, scopes in by_code.items()}
