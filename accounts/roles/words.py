"""Scopes and spans of time as sentences have them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SCOPES: dict[str, "_StrOrPromise"] = {
    "tenant": _("everywhere"),
    "own": _("with their own records"),
}


def scope_words(kind: str, id_: str = "") -> str:
    """Where an assignment holds; a kind that has no word yet is named as it is kept."""
    known = SCOPES.get(kind)
    return str(known) if known else gettext("in %(scope)s") % {"scope": f"{kind} {id_}".strip()}
