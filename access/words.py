"""The verbs of permissions, once for all resources."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

VERBS: dict[str, "_StrOrPromise"] = {
    "view": pgettext_lazy("permission", "view"),
    "create": pgettext_lazy("permission", "create"),
    "update": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "archive": pgettext_lazy("permission", "archive"),
    "restore": pgettext_lazy("permission", "restore"),
    "export": pgettext_lazy("permission", "export"),
    "view_pii": pgettext_lazy("permission", "see personal data"),
    "history": pgettext_lazy("permission", "see the history"),
    "invite": pgettext_lazy("permission", "invite"),
    "deactivate": pgettext_lazy("permission", "deactivate"),
    "reactivate": pgettext_lazy("permission", "reactivate"),
    "unlock": pgettext_lazy("permission", "unlock"),
    "reset_password": pgettext_lazy("permission", "reset the password"),
    "reset_2fa": pgettext_lazy("permission", "reset the second factor"),
    "assign_role": pgettext_lazy("permission", "assign roles"),
    "clone": pgettext_lazy("permission", "copy"),
    "download": pgettext_lazy("permission", "download"),
    "revoke": pgettext_lazy("permission", "revoke"),
    "approve": pgettext_lazy("permission", "approve"),
    "request_restore": pgettext_lazy("permission", "ask for a restore"),
    "request": pgettext_lazy("permission", "request"),
    "decide": pgettext_lazy("permission", "decide"),
    "complete": pgettext_lazy("permission", "complete"),
    "cancel": pgettext_lazy("permission", "cancel"),
    "retry": pgettext_lazy("permission", "try again"),
    "suspend": pgettext_lazy("permission", "suspend"),
    "resume": pgettext_lazy("permission", "resume"),
    "start": pgettext_lazy("permission", "start"),
    "abort": pgettext_lazy("permission", "stop"),
    "sign_off": pgettext_lazy("permission", "sign off"),
    "verify": pgettext_lazy("permission", "verify"),
    "release": pgettext_lazy("permission", "end a hold"),
    "rotate": pgettext_lazy("permission", "rotate"),
}


def verb(action: str) -> "_StrOrPromise":
    """Raises KeyError for an action that has no word yet."""
    return VERBS[action]
