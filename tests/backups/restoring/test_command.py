"""`restore` mirrors the pages, with exit codes that a script can trust, and knows people as the pages do."""

import json
from collections.abc import Iterator

import pytest

from accounts.models import TotpDevice, User
from backups.models import Restore
from backups.restoring import asking
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.restoring.conftest import Kept, meanwhile
from tests.backups.restoring.test_following import no_copy
from tests.support import fleet
from tests.support.authenticator import code_for
from tests.support.command_line import Said, manage, ours

YUSUF, PRIYA, MEI = "yusuf@restores.example", "priya@restores.example", "mei@restores.example"
ROLES = {YUSUF: "recovery_operator", PRIYA: "recovery_approver", MEI: "support_engineer"}
WISH = ("--latest", "--purpose", "mistake", "--reason", "Undo it")


@pytest.fixture(scope="module", autouse=True)
def operators(databases: None) -> Iterator[None]:
    """With a phone each, for real: a command is a process of its own."""
    with bound_to(CATALOG):
        for email, role in ROLES.items():
            fleet.add_user(email, email.partition("@")[0].title(), role)
    yield
    with bound_to(CATALOG):
        TotpDevice.objects.filter(user__email__in=ROLES).delete()
        User.objects.filter(email__in=ROLES).update(is_active=False)


def typed_by(email: str, kept: Kept, *arguments: str, code: str = "") -> Said:
    """With the code on their phone, unless another is given; `AMANA_OPERATOR` says that it is Priya."""
    told = {**ours(), "AMANA_OPERATOR": PRIYA, "AMANA_BACKUP_STORE": f"file://{kept.folder}"}
    shown = code or code_for(CATALOG, email)
    return manage("restore", *arguments, "--as", email, "--json", environment=told, typed=f"{shown}\n")


@pytest.mark.slow
def test_from_asking_to_ready(kept: Kept) -> None:
    asked = typed_by(YUSUF, kept, "--tenant", kept.tenant.slug, *WISH)
    assert asked.code == 3, asked.error
    said = json.loads(asked.output)
    assert (said["state"], said["requested_by"]) == ("requested", f"operator:{YUSUF}")

    assert typed_by(YUSUF, kept, "--agree", said["id"]).code == 2
    assert typed_by(PRIYA, kept, "--agree", said["id"]).code == 0
    begun = typed_by(YUSUF, kept, "--begin", said["id"])

    assert begun.code == 0, begun.error
    assert json.loads(begun.output)["state"] == "ready"
    assert json.loads(begun.output)["differences"] == []
    assert "Restore the database" in begun.error
    in_force = ("--put-in-force", said["id"], "--confirm")
    refused = typed_by(YUSUF, kept, *in_force, "wrong")
    assert refused.code == 2
    assert "nothing was done" in refused.error
    refused = typed_by(YUSUF, kept, *in_force, kept.tenant.slug, "--leave-log")
    assert refused.code == 2
    assert "no try has failed at it" in refused.error
    assert typed_by(YUSUF, kept, "--give-up", said["id"], "--reason", "Found it elsewhere").code == 0
    with bound_to(CATALOG):
        given_up = Restore.objects.get(pk=said["id"])
    assert (given_up.state, given_up.error) == ("given_up", "Found it elsewhere")


@pytest.mark.slow
def test_in_place_a_swap_that_fails_ends_with_1(kept: Kept) -> None:
    """There was no safety copy to be had; what was restored waits beside."""
    restore = kept.agreed(in_place=True)
    with meanwhile(no_copy):
        begun = typed_by(YUSUF, kept, "--begin", str(restore.pk))
    assert begun.code == 1, begun.error
    assert "so it isn't replaced" in begun.error
    assert json.loads(begun.output)["state"] == "ready"
    assert kept.fresh().schema_name == kept.tenant.schema_name


@pytest.mark.slow
def test_whoever_asked_on_the_page_doesnt_agree_in_a_shell(kept: Kept) -> None:
    """Nor as somebody else whose phone they haven't got, nor does somebody who may not."""
    with bound_to(CATALOG):
        wish = asking.Wish("mistake", "Contacts were deleted")
        restore = asking.ask(kept.fresh(), kept.backup, f"operator:{PRIYA}", wish)
    agree = ("--agree", str(restore.pk))
    refusals = [
        typed_by(PRIYA, kept, *agree),
        typed_by(YUSUF, kept, *agree),
        typed_by(MEI, kept, *agree),
        typed_by("nobody@restores.example", kept, *agree, code="123456"),
    ]
    code_for(CATALOG, PRIYA)
    refusals.append(typed_by(PRIYA, kept, *agree, code="000000x"))

    assert [each.code for each in refusals] == [2, 2, 2, 2, 2]
    told = ("You asked for it yourself", "may not do that", "may not do that", "Nobody here", "code is wrong")
    for said, words in zip(refusals, told, strict=True):
        assert words in said.error
    with bound_to(CATALOG):
        restore.refresh_from_db()
    assert (restore.state, restore.decided_by) == ("requested", "")


@pytest.mark.slow
def test_a_restore_of_another_tenant_than_the_one_named_isnt_touched(kept: Kept, globex: Tenant) -> None:
    with bound_to(CATALOG):
        wish = asking.Wish("mistake", "Contacts were deleted")
        restore = asking.ask(kept.fresh(), kept.backup, f"operator:{YUSUF}", wish)
    for who, verb in ((PRIYA, "--agree"), (YUSUF, "--begin"), (YUSUF, "--give-up")):
        said = typed_by(who, kept, "--tenant", globex.slug, verb, str(restore.pk))
        assert (said.code, said.output) == (2, "")
        assert f"There is no such restore of {globex.name}: nothing was done." in said.error
    with bound_to(CATALOG):
        restore.refresh_from_db()
        assert (restore.state, restore.decided_by, restore.operation) == ("requested", "", None)
    assert typed_by(PRIYA, kept, "--tenant", kept.tenant.slug, "--agree", str(restore.pk)).code == 0


@pytest.mark.slow
def test_what_is_refused_says_so_and_ends_with_2(kept: Kept) -> None:
    nothing = typed_by(YUSUF, kept, "--tenant", kept.tenant.slug, "--latest", "--purpose", "mistake")
    assert nothing.code == 2
    assert "why in a sentence" in nothing.error
    unknown = typed_by(YUSUF, kept, "--begin", str(kept.tenant.pk))
    assert unknown.code == 2
    assert "no such restore" in unknown.error
    with bound_to(CATALOG):
        assert not Restore.objects.filter(tenant=kept.tenant, state="requested").exists()
