"""`restore` mirrors the pages, with exit codes that a script can trust."""

import json

import pytest

from backups.models import Restore
from tenants.binding import CATALOG, bound_to
from tests.backups.restoring.conftest import Kept
from tests.support.command_line import Said, manage, ours


def typed_by(who: str, kept: Kept, *arguments: str) -> Said:
    told = {**ours(), "AMANA_OPERATOR": who, "AMANA_BACKUP_STORE": f"file://{kept.folder}"}
    return manage("restore", *arguments, "--json", environment=told)


@pytest.mark.slow
def test_from_asking_to_ready(kept: Kept) -> None:
    asked = typed_by(
        "oscar", kept, "--tenant", kept.tenant.slug, "--latest", "--purpose", "mistake", "--reason", "Undo it"
    )
    assert asked.code == 3, asked.error
    said = json.loads(asked.output)
    assert (said["state"], said["requested_by"]) == ("requested", "command:oscar")

    assert typed_by("oscar", kept, "--agree", said["id"]).code == 2
    assert typed_by("priya", kept, "--agree", said["id"]).code == 0
    begun = typed_by("oscar", kept, "--begin", said["id"])

    assert begun.code == 0, begun.error
    assert json.loads(begun.output)["state"] == "ready"
    assert json.loads(begun.output)["differences"] == []
    assert "Restore the database" in begun.error
    refused = typed_by("oscar", kept, "--put-in-force", said["id"], "--confirm", "wrong")
    assert refused.code == 2
    assert "nothing was done" in refused.error
    assert typed_by("oscar", kept, "--give-up", said["id"]).code == 0
    with bound_to(CATALOG):
        assert Restore.objects.get(pk=said["id"]).state == "given_up"


@pytest.mark.slow
def test_what_is_refused_says_so_and_ends_with_2(kept: Kept) -> None:
    nothing = typed_by("oscar", kept, "--tenant", kept.tenant.slug, "--latest", "--purpose", "mistake")
    assert nothing.code == 2
    assert "why in a sentence" in nothing.error
    unknown = typed_by("oscar", kept, "--begin", str(kept.tenant.pk))
    assert unknown.code == 2
    assert "no such restore" in unknown.error
    with bound_to(CATALOG):
        assert not Restore.objects.filter(tenant=kept.tenant, state="requested").exists()
