"""The commands about people, typed as people type them: what they do, and what they leave in the log."""

import re
from uuid import uuid4

import pytest

from accounts.models import TotpDevice, User
from audit.reading import Event, read
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support.command_line import manage, ours
from tests.support.fleet import add_user, client_of

WHY = ("--reason", "The first owner has left")
OSCAR = ours() | {"AMANA_OPERATOR": "Oscar"}


def events_about(tenant: Tenant, person: User) -> list[Event]:
    with bound_to(tenant):
        return [event for event in reversed(read(object_id=str(person.pk))) if "." in event.action]


def called(tenant: Tenant, email: str) -> User:
    with bound_to(tenant):
        return User.objects.get(email=email)


def test_an_owner_is_invited_and_the_link_works(hooli: Tenant) -> None:
    done = manage("create_owner", "--tenant", "hooli", "Ann@hooli.example", "Ann", *WHY, environment=OSCAR)

    assert (done.code, done.error) == (0, "")
    assert done.lines[0] == "Ann sets a password here, once:"
    [link] = re.findall(rf"^{re.escape(hooli.site_url)}(/set-password/.+)$", done.output, re.MULTILINE)
    assert client_of(hooli.primary_host).get(link).status_code == 302
    ann = called(hooli, "ann@hooli.example")
    with bound_to(hooli):
        assert [each.role.code for each in ann.assignments.in_force().select_related("role")] == ["owner"]
    told = [(event.action, event.actor, event.reason) for event in events_about(hooli, ann)]
    why = "The first owner has left (Oscar)"
    assert told == [
        ("accounts.invited", "command:create_owner", why),
        ("accounts.role_granted", "command:create_owner", why),
    ]


@pytest.mark.slow
def test_asked_again_it_is_the_same_person_with_another_link(hooli: Tenant) -> None:
    first = manage("create_owner", "--tenant", "hooli", "ann@hooli.example", "Ann", *WHY)
    again = manage("create_owner", "--tenant", "hooli", "ann@hooli.example", "Ann", *WHY)

    assert (first.code, again.code) == (0, 0)
    with bound_to(hooli):
        assert User.objects.filter(email="ann@hooli.example").count() == 1


@pytest.mark.slow
def test_nobody_gets_a_link_for_somebody_who_signs_in_already(hooli: Tenant) -> None:
    with bound_to(hooli):
        add_user("bob@hooli.example", "Bob", "order_manager")

    refused = manage("create_owner", "--tenant", "hooli", "bob@hooli.example", "Bob", *WHY)

    assert refused.code == 1
    assert "bob@hooli.example has a password already" in refused.error
    assert "set-password" not in refused.output
    bob = called(hooli, "bob@hooli.example")
    with bound_to(hooli):
        roles = [each.role.code for each in bob.assignments.in_force().select_related("role")]
    assert roles == ["order_manager"]


def test_the_first_operator_may_do_everything(databases: None) -> None:
    email = f"{uuid4().hex}@amana.example"

    done = manage("create_owner", "--catalog", email, "Olga", *WHY)

    assert done.code == 0
    assert "//operator." in done.lines[1]
    with bound_to(CATALOG):
        olga = User.objects.get(email=email)
        roles = [each.role.code for each in olga.assignments.in_force().select_related("role")]
    assert roles == ["super_admin"]


@pytest.mark.sampled
@pytest.mark.parametrize(
    "words",
    [
        ("create_owner", "ann@hooli.example", "Ann", *WHY),
        ("reset_second_factor", "owner@example.com", *WHY),
        ("whois", "owner@example.com"),
    ],
    ids=lambda words: words[0],
)
def test_unbound_each_is_refused(words: tuple[str, ...]) -> None:
    refused = manage(*words)

    assert (refused.code, refused.output) == (1, "")
    assert refused.error == "CommandError: Say whose people: --tenant SLUG or --catalog.\n"


def test_a_second_factor_is_reset_with_a_reason(hooli: Tenant) -> None:
    owner = called(hooli, "owner@example.com")
    with bound_to(hooli):
        TotpDevice.objects.create(user=owner, name="telephone", key="JBSWY3DPEHPK3PXP", confirmed=True)

    done = manage("reset_second_factor", "--tenant", "hooli", "owner@example.com", *WHY, environment=OSCAR)

    assert (done.code, done.error) == (0, "")
    assert "sets a new second factor up at the next sign-in" in done.output
    with bound_to(hooli):
        assert not TotpDevice.objects.exists()
    [event] = [each for each in events_about(hooli, owner) if each.action == "accounts.factor_reset"]
    assert event.actor == "command:reset_second_factor"
    assert "The first owner has left" in event.reason


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("nobody@hooli.example", *WHY), 1, "Nobody here has the address nobody@hooli.example."),
        (("owner@example.com", "--reason", " "), 1, "Say why: it stands in the activity log."),
        (("owner@example.com",), 2, "the following arguments are required: --reason"),
    ],
)
def test_what_cannot_be_reset_is_refused(
    hooli: Tenant, words: tuple[str, ...], code: int, sentence: str
) -> None:
    owner = called(hooli, "owner@example.com")
    with bound_to(hooli):
        TotpDevice.objects.create(user=owner, name="telephone", key="JBSWY3DPEHPK3PXP", confirmed=True)

    refused = manage("reset_second_factor", "--tenant", "hooli", *words)

    assert refused.code == code
    assert sentence in refused.error
    with bound_to(hooli):
        assert TotpDevice.objects.exists()


@pytest.mark.sampled
@pytest.mark.parametrize("way", ["address", "id", "actor"])
def test_whois_tells_a_person(hooli: Tenant, way: str) -> None:
    owner = called(hooli, "owner@example.com")
    what = {"address": "Owner@example.com", "id": str(owner.pk), "actor": f"user:{owner.pk}"}[way]

    done = manage("whois", "--tenant", "hooli", what, environment=OSCAR)

    assert (done.code, done.error) == (0, "")
    assert done.lines == [
        f"Olivia <owner@example.com>, id {owner.pk}",
        f"  active, here since {owner.joined_at:%Y-%m-%d}",
        "  roles: Owner",
        "  last sign-in: never; signed in in 0 browsers now",
    ]
    asked = events_about(hooli, owner)[-1]
    assert (asked.action, asked.actor, asked.reason) == (
        "accounts.looked_up",
        "command:whois",
        "looked up (Oscar)",
    )


@pytest.mark.slow
def test_whois_tells_an_operator_who_was_a_guest(hooli: Tenant) -> None:
    email = f"{uuid4().hex}@amana.example"
    with bound_to(CATALOG):
        olga = User.objects.invite(email, "Olga")

    done = manage("whois", "--tenant", "hooli", f"operator:{olga.pk}")

    assert done.lines == [f"Olga <{email}>, an operator of Amana, id {olga.pk}"]


@pytest.mark.slow
def test_whois_tells_what_a_request_did(hooli: Tenant) -> None:
    answer = client_of(hooli.primary_host).post("/sign-in/", {"email": "x@y.example", "password": "x"})
    request = answer["X-Request-ID"]

    done = manage("whois", "--tenant", "hooli", request)

    assert done.code == 0
    assert done.lines[0] == f"Request {request} of anonymous from 127.0.0.1:"
    assert "Somebody unknown was refused at sign-in" in done.output


@pytest.mark.slow
def test_whois_tells_what_is_no_person(hooli: Tenant) -> None:
    done = manage("whois", "--tenant", "hooli", "system:jobs.tasks.sweep_jobs")

    assert done.lines == ["system:jobs.tasks.sweep_jobs: no person, but a part of Amana, in the background."]


@pytest.mark.sampled
@pytest.mark.parametrize("what", ["nobody@hooli.example", str(uuid4()), f"user:{uuid4()}", "x"])
def test_whois_says_when_it_knows_nobody(hooli: Tenant, what: str) -> None:
    done = manage("whois", "--tenant", "hooli", what)

    assert (done.code, done.output) == (1, "")
    assert f"Nobody and no request is known as {what}" in done.error


def test_a_person_of_another_tenant_is_nobody_here(hooli: Tenant, two: tuple[Tenant, Tenant]) -> None:
    stranger = called(two[0], "owner@example.com")

    assert manage("whois", "--tenant", "hooli", str(stranger.pk)).code == 1


@pytest.mark.parametrize("where", [(), ("--catalog",), ("--tenant", "hooli", "--help")])
def test_djangos_way_to_somebody_who_may_do_everything_names_ours(
    hooli: Tenant, where: tuple[str, ...]
) -> None:
    refused = manage("createsuperuser", "--email", "eve@example.com", "--noinput", *where)

    assert (refused.code, refused.output) == (1, "")
    assert refused.error.startswith("createsuperuser: Nobody here may do everything by a flag")
    assert "create_owner --tenant SLUG | --catalog EMAIL NAME --reason WHY" in refused.error
    for place in (hooli, CATALOG):
        with bound_to(place):
            assert not User.objects.filter(email="eve@example.com").exists()
