"""The commands about one customer and about all, typed as people type them."""

import json

import pytest

from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.lifecycle.asking import a_slug
from tests.lifecycle.looking import databases, nothing_is_orphaned, operations_of, roles, tenants_called
from tests.support.command_line import manage, ours, without_secrets

pytestmark = pytest.mark.usefixtures("real_catalog")
NEW = ("--name", "Hooli Ltd", "--owner-email", "ivy@hooli.example", "--owner-name", "Ivy")
STEPS = [
    "Make the template ready",
    "Create the role",
    "Clone the database",
    "Raise the walls",
    "Sign the identity",
    "Compare with the template",
    "Make its key",
    "Make its recovery key",
    "Invite the owner",
    "Publish the address",
    "Write to the owner",
]


def state_of(tenant: Tenant) -> str:
    with bound_to(CATALOG):
        return str(Tenant.objects.values_list("state", flat=True).get(pk=tenant.pk))


def trail_of(tenant: Tenant) -> list[tuple[str, str, object]]:
    with bound_to(CATALOG):
        return [*tenant.events.order_by("at").values_list("verb", "actor", "details")]


def test_create_says_each_step_the_address_and_the_owners_link() -> None:
    slug = a_slug()

    done = manage("create_tenant", slug, *NEW)

    assert (done.code, done.error) == (0, "")
    assert [line[4:32].rstrip() for line in done.lines[:11]] == STEPS
    [tenant] = tenants_called(slug)
    assert done.lines[11] == (
        f"{tenant.site_url} is ready. The owner sets a password here, once, within 3 days:"
    )
    assert done.lines[12].startswith(f"{tenant.site_url}/set-password/")
    assert len(done.lines) == 13
    assert tenant.state == "active"
    assert nothing_is_orphaned()


@pytest.mark.slow
def test_create_again_is_refused_in_one_sentence(hooli: Tenant) -> None:
    again = manage("create_tenant", "hooli", *NEW)

    assert (again.code, again.output) == (1, "")
    assert again.error == "create_tenant: “hooli” is taken: choose another short name.\n"


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("operator", "create_tenant: “operator” is reserved: choose another short name.\n"),
        (
            "Hooli",
            "CommandError: Use 3 to 40 of a-z, 0-9 and -, beginning with a letter and not ending with -.\n",
        ),
    ],
)
def test_create_refuses_a_bad_short_name(slug: str, sentence: str) -> None:
    refused = manage("create_tenant", slug, *NEW)

    assert (refused.code, refused.output, refused.error) == (1, "", sentence)
    assert tenants_called(slug) == []


@pytest.mark.slow
def test_tenants_as_json_is_a_list_of_objects(hooli: Tenant) -> None:
    done = manage("tenants", "--json")

    assert (done.code, done.error) == (0, "")
    [row] = [each for each in json.loads(done.output) if each["database"] == hooli.schema_name]
    size = row.pop("size_bytes")
    assert size > 1_000_000
    assert row == {
        "slug": "hooli",
        "name": "Hooli Ltd",
        "state": "active",
        "hosts": ["hooli.localhost"],
        "database": hooli.schema_name,
        "role": hooli.schema_name,
        "server": "primary",
    }


def test_tenants_as_a_table(hooli: Tenant) -> None:
    done = manage("tenants")

    assert (done.code, done.error) == (0, "")
    assert done.lines[0].split() == ["slug", "state", "hosts", "size_bytes", "database", "name"]
    [line] = [line for line in done.lines if hooli.schema_name in line]
    cells = line.split(maxsplit=5)
    assert [*cells[:3], *cells[4:]] == [
        "hooli",
        "active",
        "hooli.localhost",
        hooli.schema_name,
        "Hooli Ltd",
    ]


@pytest.mark.slow
def test_tenants_are_listed_without_the_provisioner_too(hooli: Tenant) -> None:
    done = manage("tenants", "--json", environment=without_secrets())

    assert (done.code, done.error) == (0, "")
    assert "hooli" in [each["slug"] for each in json.loads(done.output)]


@pytest.mark.slow
def test_suspended_resumed_given_notice_and_resumed(hooli: Tenant) -> None:
    environment = without_secrets()

    suspended = manage("suspend_tenant", "hooli", "--reason", "unpaid", environment=environment)
    assert (suspended.code, suspended.output, suspended.error) == (0, "hooli is suspended.\n", "")
    assert state_of(hooli) == "suspended"

    leaving = manage("leave_tenant", "hooli", "--reason", "moves on", environment=environment)
    assert (leaving.code, leaving.output, leaving.error) == (0, "hooli is leaving.\n", "")
    assert state_of(hooli) == "leaving"

    resumed = manage("resume_tenant", "hooli", environment=environment)
    assert (resumed.code, resumed.output, resumed.error) == (0, "hooli is open again.\n", "")
    assert state_of(hooli) == "active"
    assert trail_of(hooli)[-3:] == [
        ("suspended", "command", {"reason": "unpaid"}),
        ("given notice", "command", {"reason": "moves on"}),
        ("resumed", "command", {}),
    ]


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("resume_tenant", "hooli"), "resume_tenant: Hooli Ltd is active: it can't be resumed.\n"),
        (("suspend_tenant", "hooli"), "the following arguments are required: --reason"),
    ],
)
def test_what_cannot_be_is_refused(hooli: Tenant, arguments: tuple[str, ...], sentence: str) -> None:
    refused = manage(*arguments)

    assert refused.code in (1, 2)
    assert sentence in refused.error
    assert "Traceback" not in refused.error
    assert state_of(hooli) == "active"


def is_untouched(tenant: Tenant) -> bool:
    assert state_of(tenant) == "active"
    assert operations_of(tenant) == [("provision", "done")]
    assert tenant.schema_name in databases()
    return True


def is_gone(tenant: Tenant) -> bool:
    assert state_of(tenant) == "closed"
    assert tenant.schema_name not in databases() + roles()
    assert nothing_is_orphaned()
    return True


def test_close_wants_the_name_typed_and_says_each_step(hooli: Tenant) -> None:
    done = manage("close_tenant", "hooli", typed="hooli\n")

    assert (done.code, done.error) == (0, "")
    assert done.lines[0].startswith(
        "Type hooli to drop its database, role and files for good:     Take the address away "
    )
    assert done.lines[-1] == "hooli is closed."
    assert len(done.lines) == 10
    assert is_gone(hooli)


def test_close_with_the_name_as_an_argument_asks_nothing(hooli: Tenant) -> None:
    done = manage("close_tenant", "hooli", "--confirm", "hooli")

    assert (done.code, done.error) == (0, "")
    assert "Type" not in done.output
    assert is_gone(hooli)


@pytest.mark.sampled
@pytest.mark.parametrize("typed", ["Hooli\n", "yes\n", "\n", "hooli2\n"])
def test_close_with_the_wrong_name_does_nothing(hooli: Tenant, typed: str) -> None:
    refused = manage("close_tenant", "hooli", typed=typed)

    assert refused.code == 1
    assert refused.error == "close_tenant: Type hooli to close it: nothing was done.\n"
    assert is_untouched(hooli)


@pytest.mark.slow
def test_close_with_the_wrong_argument_does_nothing(hooli: Tenant) -> None:
    refused = manage("close_tenant", "hooli", "--confirm", "")

    assert (refused.code, refused.error) == (1, "close_tenant: Type hooli to close it: nothing was done.\n")
    assert is_untouched(hooli)


@pytest.mark.slow
def test_close_without_anybody_to_type_does_nothing(hooli: Tenant) -> None:
    refused = manage("close_tenant", "hooli", typed="")

    assert (refused.code, refused.error) == (1, "CommandError: Nothing was typed: nothing was done.\n")
    assert is_untouched(hooli)


@pytest.mark.sampled
@pytest.mark.parametrize(
    "arguments",
    [
        ("suspend_tenant", "nobody", "--reason", "x"),
        ("resume_tenant", "nobody"),
        ("leave_tenant", "nobody", "--reason", "x"),
        ("close_tenant", "nobody"),
        ("close_tenant", "nobody", "--confirm", "nobody"),
        ("dbshell", "--tenant", "nobody"),
        ("shell", "--tenant=nobody"),
    ],
    ids=" ".join,
)
def test_an_unknown_short_name_is_one_sentence_with_those_there_are(
    hooli: Tenant, arguments: tuple[str, ...]
) -> None:
    refused = manage(*arguments, environment=without_secrets())

    assert (refused.code, refused.output) == (2, "")
    assert "There is no tenant “nobody”. There are: " in refused.error
    assert "hooli" in refused.error
    assert refused.error.count("\n") == 1


@pytest.mark.slow
def test_a_step_that_fails_is_one_sentence_and_asking_again_resumes() -> None:
    slug = a_slug()
    broken = manage("create_tenant", slug, *NEW, environment=without_the_identity_key())

    assert broken.code == 1
    assert broken.error == (
        "CommandError: This process doesn't hold the provisioner's credential; the control worker does."
        " What is done stays done: ask again to resume.\n"
    )
    assert manage("create_tenant", slug, *NEW).code == 0
    [tenant] = tenants_called(slug)
    assert operations_of(tenant) == [("provision", "done")]


def without_the_identity_key() -> dict[str, str]:
    """The provisioner's credential, but nothing to sign with."""
    return without_secrets() | {"AMANA_PROVISIONER_URL": ours()["AMANA_PROVISIONER_URL"]}
