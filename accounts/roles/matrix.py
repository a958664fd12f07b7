"""All permissions by all roles, in one table without script: grouped, narrowed, or of a few roles what differs."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.registry import Permission, Resource, Risk, Surface, complete, resources
from accounts.models import Role
from accounts.role_content import codes_by_group
from interface.words import listed

FEWEST, MOST = 2, 5
LONGEST = 200
RISKS = {
    "sensitive": (Risk.SENSITIVE, _("sensitive")),
    "pii": (Risk.PII, _("personal data")),
    "money": (Risk.MONEY, _("money")),
    "credentials": (Risk.CREDENTIALS, _("credentials")),
}


@dataclass(frozen=True)
class Column:
    """One role, and all that it holds."""

    pk: str
    label: str
    codes: frozenset[str]
    is_built_in: bool = True

    @property
    def number(self) -> int:
        return len(self.codes)

    @property
    def href(self) -> str:
        return reverse("roles:role-detail", args=[self.pk])


@dataclass(frozen=True)
class Line:
    """One permission, what is told of it in every row, and of each column whether it holds it."""

    permission: Permission
    words: str
    risk: str
    cells: list[bool]


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what makes no sense there counts as not asked."""

    text: str = ""
    area: str = ""
    risk: str = ""
    roles: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: "Mapping[str, str]", roles: list[str]) -> "Asked":
        text = query.get("q", "").replace("\0", "").strip()[:LONGEST]
        risk = query.get("risk", "")
        return cls(text, query.get("area", ""), risk if risk in RISKS else "", tuple(dict.fromkeys(roles)))

    @property
    def is_narrow(self) -> bool:
        return bool(self.text or self.area or self.risk)


@dataclass(frozen=True)
class Matrix:
    """`compares`: only the chosen roles, and only where they differ."""

    columns: list[Column]
    groups: list[tuple[Resource, list[Line]]]
    compares: bool = False

    @property
    def number(self) -> int:
        return sum(len(lines) for _resource, lines in self.groups)


def columns_of(roles: list[Role]) -> list[Column]:
    """One query."""
    codes = codes_by_group(role.group_id for role in roles)
    return [
        Column(str(role.pk), str(role.label), complete(codes[role.group_id]), role.is_built_in)
        for role in roles
    ]


def matrix_of(surface: Surface, columns: list[Column], asked: Asked) -> Matrix:
    """Of two to five chosen roles only where they differ; of one or too many all, as of none."""
    chosen = [column for column in columns if column.pk in asked.roles]
    compares = FEWEST <= len(chosen) <= MOST
    shown = chosen if compares else columns
    held = [column.codes for column in shown]
    words = _Words()
    groups = []
    for resource in resources(surface):
        lines = [
            Line(each, *words.of(each), [each.code in codes for codes in held])
            for each in resource.permissions
            if _is_asked_for(each, asked)
        ]
        lines = [line for line in lines if not compares or len(set(line.cells)) > 1]
        if lines:
            groups.append((resource, lines))
    return Matrix(shown, groups, compares)


class _Words:
    """Verb and risk in the reader's language, looked up once each and not for every permission."""

    def __init__(self) -> None:
        self._verbs: dict[str, str] = {}
        self._risks: dict[Risk, str] = {}

    def of(self, permission: Permission) -> tuple[str, str]:
        action, risk = permission.action, permission.risk
        if action not in self._verbs:
            self._verbs[action] = str(permission.verb)
        if risk not in self._risks:
            self._risks[risk] = risk_words(risk)
        return self._verbs[action], self._risks[risk]


def risk_words(risk: Risk) -> str:
    return listed(label for flag, label in RISKS.values() if risk & flag)


def _is_asked_for(permission: Permission, asked: Asked) -> bool:
    resource = permission.resource
    if asked.area and asked.area != str(resource.area.label):
        return False
    if asked.risk and not permission.risk & RISKS[asked.risk][0]:
        return False
    if not asked.text:
        return True
    said = f"{resource.area.label} {permission.label} {permission.code}".casefold()
    return all(word in said for word in asked.text.casefold().split())


def areas_of(surface: Surface) -> list[str]:
    return [*dict.fromkeys(str(resource.area.label) for resource in resources(surface))]
