"""An envelope holds for one task, its arguments and its tenant, and for as long as that one is served."""

from typing import Any
from uuid import uuid4

import pytest

from tenants.binding import CATALOG, bound_to
from tenants.envelopes import open_envelope, seal
from tenants.exceptions import ForgedEnvelope, NoTenantBound, TenantUnavailable
from tenants.models import Tenant

TASK, ID, BODY = "tests.note", str(uuid4()), (["a", 1], {"b": None}, [None])


def sealed(tenant: Tenant) -> dict[str, str]:
    with bound_to(tenant):
        return seal(TASK, ID, BODY)


def test_it_opens_for_its_tenant(acme: Tenant, catalog: None) -> None:
    assert open_envelope(sealed(acme), TASK, ID, BODY) == acme


def test_it_opens_for_the_catalog(databases: None) -> None:
    with bound_to(CATALOG):
        envelope = seal(TASK, ID, BODY)
    assert open_envelope(envelope, TASK, ID, BODY) == CATALOG


def test_nobody_can_seal_unbound() -> None:
    with pytest.raises(NoTenantBound):
        seal(TASK, ID, BODY)


@pytest.mark.parametrize(
    ("task", "task_id", "body"),
    [
        ("tests.other", ID, BODY),
        (TASK, str(uuid4()), BODY),
        (TASK, ID, (["a", 2], {"b": None}, [None])),
        (TASK, ID, (["a"], {"b": None}, [None])),
        (TASK, ID, (["a", 1], {}, [None])),
        (TASK, ID, (["a", 1], {"b": 0}, [None])),
        (TASK, ID, (["a", "1"], {"b": None}, [None])),
        (TASK, ID, (["a", 1], {"b": None}, [["another task"]])),
    ],
    ids=["name", "id", "argument", "fewer", "keyword", "value", "type", "follower"],
)
def test_it_doesnt_open_for_another_message(
    acme: Tenant, catalog: None, task: str, task_id: str, body: Any
) -> None:
    with pytest.raises(ForgedEnvelope):
        open_envelope(sealed(acme), task, task_id, body)


@pytest.mark.parametrize("part", ["alias", "tenant", "both", "signature"])
def test_it_doesnt_open_altered(acme: Tenant, globex: Tenant, catalog: None, part: str) -> None:
    mine, theirs = sealed(acme), sealed(globex)
    parts = ("alias", "tenant") if part == "both" else (part,)
    with pytest.raises(ForgedEnvelope):
        open_envelope(mine | {name: theirs[name] for name in parts}, TASK, ID, BODY)


def test_it_doesnt_open_as_the_catalogs(acme: Tenant, catalog: None) -> None:
    with pytest.raises(ForgedEnvelope):
        open_envelope(sealed(acme) | {"alias": "catalog", "tenant": ""}, TASK, ID, BODY)


@pytest.mark.parametrize("envelope", [None, "", "x", {}, [], {"alias": "catalog", "tenant": ""}])
def test_nothing_opens_without_one(databases: None, envelope: object) -> None:
    with pytest.raises(ForgedEnvelope):
        open_envelope(envelope, TASK, ID, BODY)


@pytest.mark.parametrize("state", ["provisioning", "suspended", "leaving", "closing", "closed"])
def test_it_doesnt_open_for_a_tenant_that_isnt_served(acme: Tenant, catalog: None, state: str) -> None:
    envelope = sealed(acme)
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state=state)
    with pytest.raises(TenantUnavailable):
        open_envelope(envelope, TASK, ID, BODY)
