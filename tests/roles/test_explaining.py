"""Each reason for which somebody may or may not do something is told; from facts alone, so no database is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from access.registry import permission
from accounts.roles.explaining import Case, Given, Node, Role, explain
from tests.roles.conftest import ARCHIVE, PII, UPDATE, VIEW

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DESK = Given(role="Desk", codes=frozenset({ARCHIVE}), starts_at=NOW - DAY, href="/roles/desk/")
CASE = Case(
    person="Bob",
    permission=permission(ARCHIVE),
    now=NOW,
    roles=(Role("Archivist", "/roles/a/"),),
    givers=("Alice",),
)


def sentences(node: Node) -> Iterator[tuple[bool | None, str]]:
    yield node.holds, node.text
    for each in node.below:
        yield from sentences(each)


def told(case: Case) -> list[tuple[bool | None, str]]:
    return [*sentences(explain(case))]


def test_a_role_in_force_everywhere_is_the_reason() -> None:
    said = told(replace(CASE, given=(DESK,)))
    assert said[0] == (True, "Yes: Bob may do this (Contacts: archive).")
    assert (True, "Bob is active.") in said
    assert (True, "The role Desk holds it.") in said
    assert (True, "It holds everywhere.") in said
    assert any(
        holds and text.startswith("In force since") and "without an end" in text for holds, text in said
    )
    assert (None, "Nobody else has to agree to it.") in said
    assert not any(text == "What would change it" for _, text in said)


def test_without_a_role_that_holds_it_one_is_named_and_who_can_give_it() -> None:
    other = replace(DESK, codes=frozenset({VIEW}))
    said = told(replace(CASE, given=(other,)))
    assert said[0] == (False, "No: Bob may not do this (Contacts: archive).")
    assert (False, "No role that Bob has holds this permission. Roles in force: 1.") in said
    assert (None, "Give the role Archivist, which holds it.") in said
    assert (None, "Who may do that: Alice.") in said


def test_the_smallest_role_is_named_first_and_the_owners_last() -> None:
    roles = (
        Role("Owner", size=9, is_all=True),
        Role("Manager", size=12),
        Role("Desk", size=3),
        Role("Archivist", size=3),
    )
    given = [text for _, text in told(replace(CASE, roles=roles)) if text.startswith("Give the role")]
    assert [text.split()[3].rstrip(",") for text in given] == ["Archivist", "Desk", "Manager", "Owner"]


def test_a_role_that_begins_later_or_is_over_gives_nothing() -> None:
    later = told(replace(CASE, given=(replace(DESK, starts_at=NOW + DAY),)))
    assert later[0][0] is False
    assert any(holds is False and "not yet" in text for holds, text in later)
    assert (None, "Give the role Desk from now on.") in later
    over = told(replace(CASE, given=(replace(DESK, ends_at=NOW),)))
    assert over[0][0] is False
    assert any(holds is False and "no longer" in text for holds, text in over)
    for_a_while = told(replace(CASE, given=(replace(DESK, ends_at=NOW + DAY),)))
    assert for_a_while[0][0] is True


def test_whoever_is_deactivated_may_nothing() -> None:
    said = told(replace(CASE, given=(DESK,), is_active=False))
    assert said[0][0] is False
    assert (False, "Bob is deactivated: whoever is may do nothing at all.") in said
    assert (None, "Reactivate Bob.") in said


def test_a_record_lies_in_the_scope_or_not() -> None:
    own = replace(DESK, scope="own", covers=True)
    inside = told(replace(CASE, given=(own,), record="Dora"))
    assert inside[0] == (True, "Yes: Bob may do this with Dora (Contacts: archive).")
    assert (True, "It holds with their own records: Dora is among that.") in inside
    outside = told(replace(CASE, given=(replace(own, covers=False),), record="Dora"))
    assert outside[0] == (False, "No: Bob may not do this with Dora (Contacts: archive).")
    assert (False, "It holds with their own records: Dora is not among that.") in outside
    assert (None, "Give the role Desk for everything, not only in a part.") in outside


def test_a_scope_is_told_where_no_record_is_named() -> None:
    said = told(replace(CASE, given=(replace(DESK, scope="own"),)))
    assert said[0][0] is True
    assert (None, "It holds with their own records.") in said


def test_one_role_that_covers_it_is_enough() -> None:
    own = replace(DESK, role="Own", scope="own", covers=False)
    said = told(replace(CASE, given=(own, replace(DESK, covers=True)), record="Dora"))
    assert said[0][0] is True


def test_what_comes_along_says_with_what() -> None:
    wanted = replace(CASE, permission=permission(VIEW))
    said = told(replace(wanted, given=(replace(DESK, codes=frozenset({UPDATE})),)))
    assert said[0][0] is True
    assert (None, "It comes along with: Contacts: change.") in said


def test_a_second_factor_is_had_owed_or_not_asked_for() -> None:
    case = replace(CASE, permission=permission(PII), given=(replace(DESK, codes=frozenset({PII})),))
    assert (None, "No second factor is asked for because of it.") in told(case)
    owed = told(replace(case, needs_factor=True))
    assert (
        False,
        "It asks for a second factor: Bob has none yet and is led to set one up first.",
    ) in owed
    had = told(replace(case, needs_factor=True, has_factor=True))
    assert (True, "It asks for a second factor, and Bob has one.") in had


def test_where_nobody_can_give_it_that_is_said() -> None:
    assert (None, "Nobody who gives roles holds it: an owner has to.") in told(replace(CASE, givers=()))


def test_what_should_not_be_held_with_it_is_told() -> None:
    assert (None, "Whoever asks would answer.") in told(replace(CASE, apart=("Whoever asks would answer.",)))
