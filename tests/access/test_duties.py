"""Which permissions one person shouldn't hold together."""

import pytest

from access import duties
from access.duties import conflict, conflicts_in, conflicts_of
from access.registry import codes
from accounts.built_in import BUILT_IN

GIVE, DECIDE = "accounts.user:assign_role", "accounts.access_review:decide"


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds is gone after it."""
    monkeypatch.setattr(duties, "_conflicts", [*duties._conflicts])


def test_a_pair_is_found_where_both_are_held() -> None:
    assert [each.codes for each in conflicts_in(frozenset({GIVE, DECIDE}))] == [{GIVE, DECIDE}]
    assert conflicts_in(frozenset({GIVE})) == []
    assert [each.second for each in conflicts_of(GIVE)] == [DECIDE]


@pytest.mark.usefixtures("pairs")
def test_a_pair_is_two_and_registered_once() -> None:
    conflict("a.b:c", "a.b:d", "Both.")
    for first, second in (("a.b:d", "a.b:c"), ("a.b:c", "a.b:c")):
        with pytest.raises(ValueError, match="aren't a new pair"):
            conflict(first, second, "Again.")


def test_only_roles_that_may_do_everything_or_look_after_people_hold_a_pair() -> None:
    """Of recoveries each takes two of those who may, whoever asked: that is kept apart record by record."""
    holding = {role.code for role in BUILT_IN if conflicts_in(role.codes)}
    assert holding == {"owner", "super_admin", "tenant_admin", "recovery_operator"}


@pytest.mark.parametrize("pair", [("restore", "approve"), ("update", "release")])
def test_no_role_that_restores_or_holds_also_has_the_last_word(pair: tuple[str, str]) -> None:
    both = {f"platform.backup:{action}" for action in pair}
    assert {role.code for role in BUILT_IN if both <= role.codes} == {"super_admin"}
    assert (
        "platform.backup:approve" in next(role for role in BUILT_IN if role.code == "recovery_approver").codes
    )


def test_each_code_of_a_pair_is_a_permission() -> None:
    known = codes("tenant") | codes("operator")
    assert {code for each in duties._conflicts for code in each.codes} <= known
