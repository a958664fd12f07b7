"""The roles that come with the product: each database has them, nobody can change them, everybody can copy them.

A pattern is a code with * for a part; one that begins with ! takes away again. `version` is raised with the content.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from access.registry import Surface, codes

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    code: str
    label: "_StrOrPromise"
    purpose: "_StrOrPromise"
    surface: Surface = "tenant"
    version: int = 1
    patterns: str

    @property
    def codes(self) -> frozenset[str]:
        """What the patterns stand for, of all that is registered for the surface."""
        given: set[str] = set()
        for pattern in self.patterns.split():
            matching = {code for code in codes(self.surface) if fnmatchcase(code, pattern.lstrip("!"))}
            given = given - matching if pattern.startswith("!") else given | matching
        return frozenset(given)


BUILT_IN = (
    BuiltIn(
        code="owner",
        label=_("Owner"),
        purpose=_("May do everything. At least one person always is one."),
        patterns="*",
    ),
    BuiltIn(
        code="tenant_admin",
        label=_("Administrator"),
        purpose=_("Looks after people and roles; sees no personal data of contacts."),
        patterns="accounts.*:* contacts.*:* audit.activity:* backups.*:view !contacts.contact:view_pii"
        " !contacts.contact:export !accounts.support_grant:approve",
    ),
    BuiltIn(
        code="security_officer",
        label=_("Security officer"),
        purpose=_("Watches over sign-ins, sessions and the activity log, and may shut somebody out."),
        patterns="accounts.session:* accounts.user:view accounts.user:unlock accounts.user:deactivate"
        " accounts.user:reset_2fa accounts.user:reset_password accounts.user:export accounts.user:history"
        " accounts.role:view accounts.role:history accounts.role:export accounts.security_policy:*"
        " accounts.access_review:* accounts.support_grant:* audit.*:* backups.*:view",
    ),
    BuiltIn(
        code="privacy_officer",
        label=_("Privacy officer"),
        purpose=_("Answers people who ask what is kept about them."),
        patterns="audit.activity:view contacts.contact:view contacts.contact:view_pii contacts.contact:export"
        " contacts.contact:history",
    ),
    BuiltIn(
        code="auditor",
        label=_("Auditor"),
        purpose=_("Reads everything but personal data, and changes nothing."),
        patterns="*:view *:history audit.*:export accounts.access_review:export accounts.role:export",
    ),
    BuiltIn(
        code="order_manager",
        label=_("Order manager"),
        purpose=_("Sees contacts with their addresses, adds them and keeps them right."),
        patterns="contacts.contact:view contacts.contact:view_pii contacts.contact:create contacts.contact:update"
        " contacts.contact:history",
    ),
    BuiltIn(
        code="support_agent",
        label=_("Support agent"),
        purpose=_("Helps customers: sees contacts with their addresses and keeps them right."),
        patterns="contacts.contact:view contacts.contact:view_pii contacts.contact:update",
    ),
    BuiltIn(
        code="purchasing_agent",
        label=_("Purchasing agent"),
        purpose=_("Sees contacts without personal data, and adds suppliers."),
        patterns="contacts.contact:view contacts.contact:create",
    ),
    BuiltIn(
        code="accountant",
        label=_("Accountant"),
        purpose=_("Sees contacts without personal data."),
        patterns="contacts.contact:view",
    ),
    BuiltIn(
        code="super_admin",
        label=_("Super administrator"),
        purpose=_("May do everything on the platform, and nothing in a customer's data."),
        surface="operator",
        patterns="*",
    ),
    BuiltIn(
        code="operator",
        label=_("Operator"),
        purpose=_("Sets customers up, and looks after their sites and jobs."),
        surface="operator",
        patterns="platform.tenant:* platform.domain:* platform.job:* accounts.user:view",
    ),
    BuiltIn(
        code="recovery_operator",
        label=_("Recovery operator"),
        purpose=_("Gets things back: backups, drills, keys, and an owner who is shut out."),
        surface="operator",
        version=3,
        patterns="platform.tenant:view platform.owner_recovery:* platform.backup:* platform.drill:* platform.key:*"
        " platform.archive:* !platform.backup:approve !platform.backup:release !platform.archive:approve",
    ),
    BuiltIn(
        code="recovery_approver",
        label=_("Recovery approver"),
        purpose=_(
            "Agrees to restores that somebody else asks for, or refuses them, and lets go what was on hold."
        ),
        surface="operator",
        version=2,
        patterns="platform.tenant:view platform.backup:view platform.backup:approve platform.backup:release"
        " platform.archive:view platform.archive:approve platform.archive:abort",
    ),
    BuiltIn(
        code="support_engineer",
        label=_("Support engineer"),
        purpose=_("May ask a customer to be let in."),
        surface="operator",
        patterns="platform.tenant:view platform.break_glass:view platform.break_glass:request",
    ),
    BuiltIn(
        code="platform_auditor",
        label=_("Platform auditor"),
        purpose=_("Reads and exports, and changes nothing."),
        surface="operator",
        patterns="*:view *:history *:export",
    ),
)
_by_code = {role.code: role for role in BUILT_IN}


def built_in(code: str) -> BuiltIn | None:
    """None for one that this code doesn't know (any more)."""
    return _by_code.get(code)


def built_in_roles(surface: Surface) -> list[BuiltIn]:
    return [role for role in BUILT_IN if role.surface == surface]
