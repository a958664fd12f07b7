"""Several processes that want the same thing at the same moment."""

from functools import partial
from pathlib import Path

import pytest

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out, request
from tenants.exceptions import TenantUnavailable
from tenants.models import Operation
from tenants.provisioning import SlugTaken
from tests.lifecycle.asking import a_slug, ask, ask_to_close
from tests.lifecycle.dying import CLOSE, PROVISION, end_of, start, steps_wrapped, written_down_in
from tests.lifecycle.looking import (
    databases,
    is_whole,
    nothing_is_orphaned,
    operations_of,
    server_is_busy_with,
    tenants_called,
    wait_until,
)

pytestmark = pytest.mark.usefixtures("real_catalog")


def carry_out_writing(operation: Operation, diary: Path) -> None:
    with steps_wrapped(written_down_in(diary)):
        carry_out(operation.pk)


def test_three_who_carry_out_the_same_do_each_step_once(tmp_path: Path) -> None:
    asked, diary = ask(a_slug()), tmp_path / "diary"

    children = [start(lambda: carry_out_writing(asked, diary)) for _ in range(3)]

    assert [end_of(child) for child in children] == [0, 0, 0]
    assert diary.read_text().split() == PROVISION
    assert is_whole(asked.tenant.slug)


def test_three_who_close_the_same_do_each_step_once(tmp_path: Path) -> None:
    tenant = carry_out(ask(a_slug()).pk).tenant
    asked, diary = ask_to_close(tenant), tmp_path / "diary"

    children = [start(lambda: carry_out_writing(asked, diary)) for _ in range(3)]

    assert [end_of(child) for child in children] == [0, 0, 0]
    assert diary.read_text().split() == CLOSE
    assert nothing_is_orphaned()


def ask_and_tell(slug: str, name: str, diary: Path) -> None:
    try:
        ask(slug, name)
    except SlugTaken:
        said = "taken"
    else:
        said = "asked"
    with diary.open("a") as lines:
        lines.write(f"{said}\n")


def test_of_two_customers_who_want_one_short_name_one_gets_it(tmp_path: Path) -> None:
    slug, diary = a_slug(), tmp_path / "diary"

    children = [start(partial(ask_and_tell, slug, name, diary)) for name in ("Hooli", "Initrode")]

    assert [end_of(child) for child in children] == [0, 0]
    assert sorted(diary.read_text().split()) == ["asked", "taken"]
    [tenant] = tenants_called(slug)
    assert operations_of(tenant) == [("provision", "queued")]


def test_the_same_request_twice_at_once_is_one_operation(tmp_path: Path) -> None:
    slug, diary = a_slug(), tmp_path / "diary"

    children = [start(lambda: ask_and_tell(slug, "Hooli", diary)) for _ in range(2)]

    assert [end_of(child) for child in children] == [0, 0]
    assert diary.read_text().split() == ["asked", "asked"]
    [tenant] = tenants_called(slug)
    assert operations_of(tenant) == [("provision", "queued")]


@pytest.mark.parametrize("step", ["create_role", "raise_walls", "publish"])
def test_closed_while_it_is_being_set_up_nothing_is_left(step: str, tmp_path: Path) -> None:
    """The one who sets it up stops before `step` until closing has been asked for, and then goes on."""
    asked = ask(a_slug())
    gate, reached = tmp_path / "gate", tmp_path / "reached"

    def around(name: str, function: object, operation: Operation) -> None:
        if name == step:
            reached.touch()
            wait_until(gate.exists)
        function(operation)  # type: ignore[operator]

    def set_up() -> None:
        with steps_wrapped(around):
            carry_out(asked.pk)

    provisioning = start(set_up)
    wait_until(reached.exists)
    closing = start(lambda: carry_out(ask_to_close(asked.tenant).pk))
    wait_until(lambda: operations_of(asked.tenant)[0] == ("provision", "failed"))
    wait_until(lambda: server_is_busy_with("SELECT pg_advisory_lock"))
    gate.touch()

    assert (end_of(provisioning), end_of(closing)) == (1, 0)
    assert operations_of(asked.tenant) == [("provision", "failed"), ("close", "done")]
    assert asked.tenant.schema_name not in databases()
    assert nothing_is_orphaned()
    assert tenants_called(asked.tenant.slug) == []


def test_what_was_closed_while_being_set_up_cannot_be_resumed() -> None:
    asked = ask(a_slug())
    carry_out(ask_to_close(asked.tenant).pk)

    assert carry_out(asked.pk).state == "failed"
    with bound_to(CATALOG), pytest.raises(TenantUnavailable, match="there is nothing to resume"):
        request(Operation.Kind.PROVISION, asked.tenant, "operator")
    assert nothing_is_orphaned()
