"""The registry and the code agree: nothing is declared in vain, and nothing recorded that isn't declared."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import gettext_lazy as _

from audit.events import event, kind_of, kinds
from tests.house.reading import ROOT

APPS = (
    "access",
    "accounts",
    "activity",
    "audit",
    "backups",
    "business",
    "config",
    "console",
    "interface",
    "jobs",
    "keys",
    "tenants",
)
RECORDERS = {"record", "record_in_catalog", "record_refusal"}
OUTCOMES = {"done", "refused", "failed"}
FOR_THE_EVENT = {"subject", "object_id"}
WHAT_DETAILS_MAY_BE = {
    "name": "of a member of staff",
    "address": "a keyed hash",
    "page": "a method and a pattern of addresses",
    "error": "the type of an exception",
    "tenant": "a short name",
    "wall": "one of ours",
    "command": "one of ours",
    "copy": "its moment and its tier",
    "version": "of a data key",
    "keys": "how many",
    "master": "the name of a master key",
    "what": "a table and a row's id, or a data key's version",
    "final_at": "a moment",
    "file": "a name that we gave",
    "contacts": "how many",
    "number": "how many",
    "why": "one of ours",
    "browser": "a browser and a system, in words",
    "former": "the name a member of staff had before",
    "changes": "settings of ours, from what to what",
    "letter": "one of ours",
    "added": "how many",
    "removed": "how many",
    "permissions": "how many",
    "limit": "one of ours",
    "minutes": "how long a visit may be",
    "who": "of whoever types a command, as they call themselves",
    "mode": "one of ours",
    "role": "a name that an administrator gave",
    "step": "one of ours",
    "restore": "a restore's id",
    "recipient": "a public key",
    "rows": "how many",
    "files": "how many",
    "until": "a day",
    "at": "a moment",
    "sha256": "of a sealed file",
}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product that records an event."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and _name(node.func) in RECORDERS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def said(call: ast.Call) -> tuple[str, set[str]]:
    """The kind, and the outcomes that it may have there; empty for a kind handed on."""
    texts = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    if not isinstance(texts[0], str):
        return "", set()
    if _name(call.func) == "record_refusal":
        return texts[0], {"refused"}
    if len(texts) == 1:
        return texts[0], {"done"}
    return texts[0], {str(texts[1])} & OUTCOMES or {*kind_of(texts[0]).sentences}


def test_every_kind_and_outcome_is_recorded_somewhere() -> None:
    recorded = {
        (kind, outcome) for _, call in calls() for kind, outcomes in [said(call)] for outcome in outcomes
    }
    declared: set[tuple[str, str]] = {
        (kind.name, outcome) for kind in kinds().values() for outcome in kind.sentences
    }
    assert declared - recorded == set()
    assert recorded - declared - {("", "")} == set()
    assert len(declared) > 25


def test_each_is_recorded_with_the_details_of_its_sentence() -> None:
    wrong = []
    for where, call in calls():
        kind, outcomes = said(call)
        given = {each.arg for each in call.keywords} - FOR_THE_EVENT
        if _name(call.func) == "record_refusal":
            given = {"page"}
        wrong += [(where, outcome) for outcome in outcomes if given != kind_of(kind).details(outcome)]  # type: ignore[arg-type]
    assert wrong == []


def test_no_detail_is_anything_that_a_log_may_not_hold() -> None:
    found = {
        name for kind in kinds().values() for outcome in kind.sentences for name in kind.details(outcome)
    }
    assert found == WHAT_DETAILS_MAY_BE.keys()


def test_each_is_named_after_what_declares_it() -> None:
    apps = {path.parent.name for path in Path(ROOT).glob("**/activity.py")} | {"tenants", "requests"}
    assert {kind.partition(".")[0] for kind in kinds()} <= apps


@pytest.mark.parametrize(
    "name", ["accounts.signed_in", "Accounts.signed_in", "signed_in", "accounts.signed-in", "insert"]
)
def test_a_name_is_of_an_app_and_given_once(name: str) -> None:
    with pytest.raises(ValueError, match=r"declared already|is named app"):
        event(name, _("%(name)s signed in"))


def test_an_event_without_a_sentence_is_none() -> None:
    with pytest.raises(ValueError, match="has a sentence"):
        event("accounts.sang")
