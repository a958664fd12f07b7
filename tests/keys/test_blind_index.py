import pytest
from django.db import transaction
from django.db.models import F

from keys.exceptions import LookupRefused
from tenants.binding import bound_to
from tenants.exceptions import NoTenantBound
from tenants.models import Tenant
from tests.keys.looking import read, stored
from tests.keys.vault.models import Buyer, Credential


def labels(**lookup: object) -> list[str]:
    return sorted(Credential.objects.filter(**lookup).values_list("label", flat=True))


@pytest.fixture
def three(acme: Tenant) -> None:
    with bound_to(acme):
        for label, login in (("a", "Ana@Example.com"), ("b", "bo@example.com"), ("c", "")):
            Credential.objects.create(label=label, login=login)


def test_a_row_is_found_by_its_plaintext(acme: Tenant, three: None) -> None:
    with bound_to(acme):
        assert labels(login_index="Ana@Example.com") == ["a"]
        assert labels(login_index="  ana@example.COM ") == ["a"]
        assert labels(login_index="ana@example.co") == []
        assert labels(login_index__in=["bo@example.com", "", None]) == ["b", "c"]
        assert labels(login_index__in=[]) == []
        assert labels(login_index__isnull=True) == []
        assert Buyer.objects.filter(phone_index=None).count() == 0
        Buyer.objects.create(name="Ana")
        assert Buyer.objects.filter(phone_index=None).count() == 1


def test_it_follows_every_change(acme: Tenant, three: None) -> None:
    with bound_to(acme):
        row = Credential.objects.get(label="a")
        row.login = "carla@example.com"
        row.save(update_fields=["login"])
        assert (labels(login_index="carla@example.com"), labels(login_index="ana@example.com")) == (["a"], [])
        row = Credential.objects.only("login").get(label="a")
        row.login = "dora@example.com"
        row.save()
        assert labels(login_index="dora@example.com") == ["a"]
        row = Credential.objects.defer("login").get(label="a")
        row.label = "z"
        row.save()
        assert labels(login_index="dora@example.com") == ["z"]
        row = Credential.objects.get(label="z")
        row.login = "eva@example.com"
        row.save()
        assert labels(login_index="eva@example.com") == ["z"]


@pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "iexact", "regex", "range"])
def test_it_knows_equal_from_different_and_nothing_else(acme: Tenant, lookup: str) -> None:
    with bound_to(acme), pytest.raises(LookupRefused, match="equal from different"):
        labels(**{f"login_index__{lookup}": ["a", "b"]})


def test_it_is_compared_with_plaintexts_only(acme: Tenant) -> None:
    with bound_to(acme):
        for wrong in ({"login_index": F("login")}, {"login_index__in": Credential.objects.values("login")}):
            with pytest.raises(LookupRefused), transaction.atomic():
                labels(**wrong)
        with pytest.raises(LookupRefused):
            labels(login_index__in="abc")


def test_it_hashes_for_who_is_bound_when_it_runs(acme: Tenant, globex: Tenant, three: None) -> None:
    query = Credential.objects.filter(login_index="bo@example.com")
    with bound_to(globex):
        Credential.objects.create(label="g", login="bo@example.com")
        assert [row.label for row in query.all()] == ["g"]
    with bound_to(acme):
        assert [row.label for row in query.all()] == ["b"]
    with pytest.raises(NoTenantBound):
        list(query.all())


def test_alike_values_differ_between_tenants_tables_and_columns(acme: Tenant, globex: Tenant) -> None:
    seen = []
    for tenant in (acme, globex):
        with bound_to(tenant):
            credential = Credential.objects.create(login="+44 1")
            buyer = Buyer.objects.create(name="x", phone="+44 1")
            seen += [stored(credential)["login_index"], stored(buyer)["phone_index"]]
    assert len({*seen}) == 4
    assert {len(digest) for digest in seen} == {32}


def test_no_plaintext_goes_to_the_server_with_a_lookup(acme: Tenant, three: None) -> None:
    with bound_to(acme):
        sql, parameters = Credential.objects.filter(login_index="Ana@Example.com").query.sql_with_params()
        assert b"ana" not in repr((sql, parameters)).lower().encode()
        assert parameters == tuple(
            row[0] for row in read("SELECT login_index FROM vault_credential WHERE label='a'")
        )
