"""What may be asked for, and what asking again means."""

import pytest
from django.core.exceptions import ValidationError

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out, request
from tenants.closing import NotConfirmed, request_closing
from tenants.exceptions import TenantUnavailable
from tenants.models import RESERVED_SLUGS, Operation, Server, TenantState
from tenants.provisioning import NoServer, SlugTaken
from tests.lifecycle.asking import OWNER, a_slug, ask, ask_to_close
from tests.lifecycle.dying import steps_wrapped
from tests.lifecycle.looking import (
    is_whole,
    operation,
    operations_of,
    tenants_called,
)

pytestmark = pytest.mark.usefixtures("real_catalog")
BAD = [
    "ab",
    "Hooli",
    "1nitech",
    "-hooli",
    "hooli-",
    "ini.tech",
    "ini_tech",
    "../x",
    "x" * 41,
    "نخيل",
    "",
]


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_short_name_is_refused(slug: str) -> None:
    with pytest.raises(SlugTaken, match=f"“{slug}” is reserved"):
        ask(slug)
    assert tenants_called(slug) == []


@pytest.mark.parametrize("slug", BAD)
def test_what_is_no_host_name_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError):
        ask(slug)
    assert tenants_called(slug) == []


@pytest.mark.parametrize("slug", ["abc", "x" * 40, "a-1", "a--b"])
def test_what_is_a_host_name_may_be_asked_for(slug: str) -> None:
    assert ask(slug).tenant.slug == slug


def test_an_active_tenants_short_name_is_taken_even_for_the_same_customer() -> None:
    tenant = carry_out(ask(a_slug()).pk).tenant

    with pytest.raises(SlugTaken, match=f"“{tenant.slug}” is taken"):
        ask(tenant.slug)

    assert operations_of(tenant) == [("provision", "done")]


@pytest.mark.parametrize(("name", "email"), [("Initrode", OWNER[0]), ("Hooli", "bill@hooli.example")])
def test_what_is_being_set_up_for_one_is_not_resumed_by_another(name: str, email: str) -> None:
    asked = ask(a_slug())

    with pytest.raises(SlugTaken, match="is being set up for somebody else already"):
        ask(asked.tenant.slug, name, (email, "Bill"))

    again = operation(asked.pk)
    assert (again.tenant.name, again.owner_email) == ("Hooli", OWNER[0])


def test_a_short_name_is_taken_until_closing_is_over() -> None:
    asked = ask(a_slug())
    ask_to_close(asked.tenant)

    with pytest.raises(SlugTaken, match="is taken"):
        ask(asked.tenant.slug)


def test_without_a_server_nothing_is_written() -> None:
    slug = a_slug()
    with bound_to(CATALOG):
        Server.objects.update(accepts_tenants=False)
    try:
        with pytest.raises(NoServer):
            ask(slug)
    finally:
        with bound_to(CATALOG):
            Server.objects.update(accepts_tenants=True)
    assert tenants_called(slug) == []


@pytest.mark.parametrize("typed", ["", "HOOLI", "hooli ", "init"])
def test_closing_wants_the_short_name_letter_by_letter(typed: str) -> None:
    tenant = ask("hooli").tenant

    with bound_to(CATALOG), pytest.raises(NotConfirmed, match="Type hooli to close it: nothing was done"):
        request_closing(tenant, typed, "test")

    assert operations_of(tenant) == [("provision", "queued")]


def fail_once(asked: Operation) -> None:
    def around(name: str, function: object, it: Operation) -> None:
        if name == "raise_walls":
            raise TenantUnavailable("The disk is full.\nDETAIL: nothing for the page.")
        function(it)  # type: ignore[operator]

    with steps_wrapped(around), pytest.raises(TenantUnavailable):
        carry_out(asked.pk)


def test_a_failure_stands_on_the_operation_in_one_line() -> None:
    asked = ask(a_slug())

    fail_once(asked)

    failed = operation(asked.pk)
    assert (failed.state, failed.error) == ("failed", "The disk is full.")
    with bound_to(CATALOG):
        steps = [step.state for step in failed.steps.all()]
    assert steps[:4] == ["done", "done", "done", "running"]
    assert set(steps[4:]) == {"waiting"}


def test_what_failed_is_not_carried_out_before_somebody_asks_again() -> None:
    asked = ask(a_slug())
    fail_once(asked)

    assert carry_out(asked.pk).state == "failed"
    assert operation(asked.pk).tenant.state == TenantState.PROVISIONING


def test_asked_again_it_goes_on_at_the_first_step_not_done() -> None:
    asked = ask(a_slug())
    fail_once(asked)
    with bound_to(CATALOG):
        before = [step.finished_at for step in asked.steps.all()][:3]

    with bound_to(CATALOG):
        again = request(Operation.Kind.PROVISION, asked.tenant, "operator:oscar@amana.example")
    done = carry_out(again.pk)

    assert (again.pk, again.state, done.state, done.error) == (asked.pk, "queued", "done", "")
    with bound_to(CATALOG):
        assert [step.finished_at for step in asked.steps.all()][:3] == before
    assert is_whole(asked.tenant.slug)


def test_what_is_done_cannot_be_resumed() -> None:
    tenant = carry_out(ask(a_slug()).pk).tenant

    with bound_to(CATALOG), pytest.raises(TenantUnavailable, match="there is nothing to resume"):
        request(Operation.Kind.PROVISION, tenant, "operator")

    assert operations_of(tenant) == [("provision", "done")]
