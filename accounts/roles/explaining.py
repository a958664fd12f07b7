"""Why somebody may do something, or why not: a tree of sentences, made of facts and of nothing else."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from access.registry import Permission, complete, permission
from accounts.roles.words import scope_words
from interface.words import listed


@dataclass(frozen=True)
class Node:
    """One sentence. `holds`: it speaks for, against, or is only told. `href`: where one can do something about it."""

    text: str
    holds: bool | None = None
    below: tuple["Node", ...] = ()
    href: str = ""


@dataclass(frozen=True)
class Given:
    """One assignment. `covers`: whether the record asked about lies in its scope; None where none was named."""

    role: str
    codes: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None = None
    scope: str = "tenant"
    scope_id: str = ""
    covers: bool | None = None
    href: str = ""

    def is_in_force(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True)
class Role:
    """One that holds the permission, and could be given. `size`: how many it holds; `is_all`: it always holds all."""

    name: str
    href: str = ""
    size: int = 0
    is_all: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that is known when somebody asks. `record`: what it is called; empty where none was named.

    `needs_factor`: the permission is one of those for which a second factor is asked, or everybody's is.
    `givers`: names of those who could give it. `roles`: those that hold it.
    """

    person: str
    permission: Permission
    now: datetime
    is_active: bool = True
    given: tuple[Given, ...] = ()
    record: str = ""
    needs_factor: bool = False
    has_factor: bool = False
    roles: tuple[Role, ...] = ()
    givers: tuple[str, ...] = ()
    person_href: str = ""
    apart: tuple[str, ...] = field(default=())


def explain(case: Case) -> Node:
    """The answer, and below it what it rests on; where it is no, what would change it."""
    carrying = [given for given in case.given if case.permission.code in complete(given.codes)]
    may = case.is_active and any(_gives(given, case) for given in carrying)
    reasons = [_about_person(case), *_about_assignments(carrying, case)]
    reasons += _about_factor(case) if may else []
    reasons += _about_others(case)
    reasons += [] if may else [_ways_out(carrying, case)]
    return Node(_answer(case, may=may), may, tuple(reasons))


def _gives(given: Given, case: Case) -> bool:
    return given.is_in_force(case.now) and given.covers is not False


def _answer(case: Case, *, may: bool) -> str:
    told = {"name": case.person, "permission": case.permission.label, "record": case.record}
    if case.record:
        return (
            _("Yes: %(name)s may do this with %(record)s (%(permission)s).")
            if may
            else _("No: %(name)s may not do this with %(record)s (%(permission)s).")
        ) % told
    return (
        _("Yes: %(name)s may do this (%(permission)s).")
        if may
        else _("No: %(name)s may not do this (%(permission)s).")
    ) % told


def _about_person(case: Case) -> Node:
    if case.is_active:
        return Node(_("%(name)s is active.") % {"name": case.person}, True, href=case.person_href)
    words = _("%(name)s is deactivated: whoever is may do nothing at all.") % {"name": case.person}
    return Node(words, False, href=case.person_href)


def _about_assignments(carrying: list[Given], case: Case) -> list[Node]:
    if not carrying:
        others = len([given for given in case.given if given.is_in_force(case.now)])
        words = _("No role that %(name)s has holds this permission. Roles in force: %(number)s.")
        return [Node(words % {"name": case.person, "number": others}, False)]
    return [_about_assignment(given, case) for given in carrying]


def _about_assignment(given: Given, case: Case) -> Node:
    words = _("The role %(role)s holds it.") % {"role": given.role}
    below = (
        _about_dates(given, case.now),
        _about_scope(given, case),
        *_about_implied(given.codes, case.permission),
    )
    return Node(words, _gives(given, case), below, given.href)


def _about_dates(given: Given, now: datetime) -> Node:
    told = {"start": _moment(given.starts_at), "end": _moment(given.ends_at)}
    if given.starts_at > now:
        return Node(_("It begins on %(start)s: not yet.") % told, False)
    if given.ends_at is None:
        return Node(_("In force since %(start)s, without an end.") % told, True)
    if given.ends_at > now:
        return Node(_("In force since %(start)s, until %(end)s.") % told, True)
    return Node(_("It was in force from %(start)s to %(end)s: no longer.") % told, False)


def _moment(at: datetime | None) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT") if at else ""


def _about_scope(given: Given, case: Case) -> Node:
    told = {"scope": scope_words(given.scope, given.scope_id), "record": case.record}
    if given.covers is None:
        return Node(_("It holds %(scope)s.") % told, None if given.scope != "tenant" else True)
    if given.covers:
        return Node(_("It holds %(scope)s: %(record)s is among that.") % told, True)
    return Node(_("It holds %(scope)s: %(record)s is not among that.") % told, False)


def _about_implied(codes: frozenset[str], wanted: Permission) -> list[Node]:
    """Which other permissions of the role bring it along."""
    bringing = [
        permission(code).label
        for code in sorted(codes - {wanted.code})
        if wanted.code in complete(frozenset({code}))
    ]
    if not bringing:
        return []
    return [Node(_("It comes along with: %(permissions)s.") % {"permissions": listed(bringing)})]


def _about_factor(case: Case) -> list[Node]:
    if not case.needs_factor:
        return [Node(_("No second factor is asked for because of it."))]
    if case.has_factor:
        return [Node(_("It asks for a second factor, and %(name)s has one.") % {"name": case.person}, True)]
    words = _("It asks for a second factor: %(name)s has none yet and is led to set one up first.")
    return [Node(words % {"name": case.person}, False)]


def _about_others(case: Case) -> list[Node]:
    """No permission waits for a second person yet; which ones shouldn't be held together is told."""
    return [Node(_("Nobody else has to agree to it."))] + [Node(words) for words in case.apart]


def _ways_out(carrying: list[Given], case: Case) -> Node:
    below = [*_reactivating(case), *_widening(carrying, case), *_giving(case)]
    if case.givers:
        below.append(Node(_("Who may do that: %(names)s.") % {"names": listed(case.givers)}))
    else:
        below.append(Node(_("Nobody who gives roles holds it: an owner has to.")))
    return Node(_("What would change it"), None, tuple(below))


def _reactivating(case: Case) -> list[Node]:
    if case.is_active:
        return []
    return [Node(_("Reactivate %(name)s.") % {"name": case.person}, href=case.person_href)]


def _widening(carrying: list[Given], case: Case) -> list[Node]:
    """Of a role that is there already: for the whole, or for now."""
    words = {
        True: _("Give the role %(role)s for everything, not only in a part."),
        False: _("Give the role %(role)s from now on."),
    }
    return [
        Node(words[given.is_in_force(case.now)] % {"role": given.role}, href=case.person_href)
        for given in carrying
        if not _gives(given, case)
    ]


def _giving(case: Case) -> list[Node]:
    """The smallest first, for that is the one to give; an owner's last."""
    had = {given.role for given in case.given}
    roles = sorted(case.roles, key=lambda role: (role.is_all, role.size, role.name))
    return [
        Node(_("Give the role %(role)s, which holds it.") % {"role": role.name}, href=role.href)
        for role in roles
        if role.name not in had
    ]
