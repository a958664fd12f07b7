"""Levels and single verbs say the same in two ways; where they contradict each other, what was touched wins."""

from django.http import QueryDict

from access.registry import resources
from accounts.roles.levels import chosen_in, level_of, levels_of, narrowed, rows
from tests.roles.conftest import ARCHIVE, CREATE, PII, UPDATE, VIEW

[CONTACTS] = [each for each in resources("tenant") if each.code == "contacts.contact"]
[POLICY] = [each for each in resources("tenant") if each.code == "accounts.security_policy"]


def test_levels_that_give_the_same_are_one() -> None:
    assert [*levels_of(CONTACTS)] == ["none", "view", "work", "manage"]
    assert levels_of(CONTACTS)["work"] == {VIEW, CREATE, UPDATE}
    assert [*levels_of(POLICY)] == ["none", "view", "manage"]


def test_what_fits_no_level_is_custom() -> None:
    assert level_of(CONTACTS, frozenset()) == "none"
    assert level_of(CONTACTS, frozenset({VIEW, "accounts.user:view"})) == "view"
    assert level_of(CONTACTS, frozenset({VIEW, CREATE, UPDATE})) == "work"
    assert level_of(CONTACTS, frozenset({VIEW, ARCHIVE})) == "custom"
    assert level_of(CONTACTS, frozenset(each.code for each in CONTACTS.permissions)) == "manage"


def chosen(query: str) -> frozenset[str]:
    return chosen_in(QueryDict(query), "tenant")


def test_what_was_touched_wins() -> None:
    was = "was-contacts.contact=view&"
    assert chosen(f"{was}level-contacts.contact=none&code={VIEW}") == frozenset()
    assert chosen(f"{was}level-contacts.contact=work&code={VIEW}") == {VIEW, CREATE, UPDATE}
    assert chosen(f"{was}level-contacts.contact=view&code={VIEW}&code={PII}") == {VIEW, PII}
    assert chosen(f"{was}level-contacts.contact=custom&code={PII}") == {PII}
    assert chosen(f"{was}level-contacts.contact=odd&code={PII}") == {PII}


def test_what_the_editor_did_not_show_is_carried_along() -> None:
    assert chosen(f"code={PII}&code=accounts.user:view&code=no.such:thing") == {PII, "accounts.user:view"}


def test_rows_are_narrowed_by_every_word() -> None:
    found = rows("tenant", frozenset({VIEW}))
    named = [row.resource.code for of_area in narrowed(found, "contacts archive").values() for row in of_area]
    assert named == ["contacts.contact"]
    assert narrowed(found, "zzzz") == {}
    held = [row.resource.code for of_area in narrowed(found, granted=True).values() for row in of_area]
    assert held == ["contacts.contact"]


def test_what_the_editing_person_lacks_is_marked_unless_it_is_there_already() -> None:
    found = rows("tenant", frozenset({VIEW}), givable=frozenset({CREATE}))
    verbs = {
        verb.permission.code: verb.lacked
        for of_area in found.values()
        for row in of_area
        for verb in row.verbs
    }
    assert (verbs[VIEW], verbs[CREATE], verbs[PII]) == (False, False, True)
