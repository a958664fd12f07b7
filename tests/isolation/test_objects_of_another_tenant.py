"""What was loaded at Acme can't be saved, related, read on or evaluated at Globex, though both have its keys."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.db.models import F, QuerySet, prefetch_related_objects

from accounts.models import Session, User
from business.contacts.models import Contact
from tenants.belonging import OfOneTenant
from tenants.binding import CATALOG, bound_alias, bound_to
from tenants.exceptions import CrossTenantError
from tenants.models import Server, Tenant
from tests.isolation.conftest import COMPANY, SAM, WORKER, Side

Attempt = Callable[[Side, Side], object]
Load = Callable[[Side], Any]
Use = Callable[[Any], object]


SAVING: dict[str, Attempt] = {
    "save": lambda a, b: a.company.save(),
    "save one field": lambda a, b: a.company.save(update_fields=["name"]),
    "save by insert": lambda a, b: a.company.save(force_insert=True),
    "save using its own alias": lambda a, b: a.company.save(using=a.tenant.schema_name),
    "save using the bound alias": lambda a, b: a.company.save(using=b.tenant.schema_name),
    "save using default": lambda a, b: a.company.save(using="default"),
    "delete": lambda a, b: a.worker.delete(),
    "delete using the bound alias": lambda a, b: a.worker.delete(using=b.tenant.schema_name),
    "bulk_create": lambda a, b: Contact.objects.bulk_create([a.company]),
    "bulk_create an update": lambda a, b: Contact.objects.bulk_create(
        [a.company], update_conflicts=True, unique_fields=["id"], update_fields=["name"]
    ),
    "bulk_update": lambda a, b: Contact.objects.bulk_update([a.company], ["name"]),
    "bulk_update among its own": lambda a, b: Contact.objects.bulk_update([b.company, a.worker], ["name"]),
    "archive": lambda a, b: a.worker.archive(by=b.sam),
    "update": lambda a, b: a.worker.update(by=b.sam, seen=1),
    "unpickled": lambda a, b: pickle.loads(pickle.dumps(a.company)).save(),  # noqa: S301 - our own pickle
    "a person": lambda a, b: a.sam.save(update_fields=["password"]),
}
READING: dict[str, tuple[Load, Use]] = {
    "refresh": (lambda a: a.company, lambda it: it.refresh_from_db()),
    "refresh using the bound alias": (
        lambda a: a.company,
        lambda it: it.refresh_from_db(using=bound_alias()),
    ),
    "refresh from a bare queryset": (
        lambda a: a.company,
        lambda it: it.refresh_from_db(from_queryset=Contact.objects.all()),
    ),
    "a relation not loaded": (lambda a: _worker(), lambda it: it.company),
    "relations backwards": (lambda a: a.company, lambda it: it.people.count()),
    "a queryset derived there": (lambda a: a.company.people.filter(city=""), list),
    "what derives from a derived one": (
        lambda a: a.company.people.filter(city=""),
        lambda it: it.exclude(name="x").order_by("name").first(),
    ),
    "a derived one united": (lambda a: a.company.people.all(), lambda it: list(it | Contact.objects.all())),
    "a derived one pickled as a query": (
        lambda a: pickle.dumps(a.company),
        lambda it: pickle.loads(it).people.exists(),  # noqa: S301 - our own pickle
    ),
    "prefetch backwards": (lambda a: a.company, lambda it: prefetch_related_objects([it], "people")),
    "prefetch forwards": (lambda a: _worker(), lambda it: prefetch_related_objects([it], "company")),
    "a deferred field": (lambda a: _worker(Contact.objects.defer("notes")), lambda it: it.notes),
    "through select_related": (
        lambda a: _worker(Contact.objects.select_related("company")),
        lambda it: it.company.people.count(),
    ),
    "from a cached queryset": (lambda a: _evaluated(), lambda it: it[0].people.count()),
    "using its alias": (
        lambda a: a.tenant.schema_name,
        lambda alias: Contact.objects.using(alias).count(),
    ),
    "a queryset using its alias": (
        lambda a: Contact.objects.using(a.tenant.schema_name).filter(city=""),
        list,
    ),
    "a queryset using its alias, derived": (
        lambda a: Contact.objects.using(a.tenant.schema_name),
        lambda it: it.filter(name="x").exists(),
    ),
    "updating by its alias": (
        lambda a: Contact.objects.using(a.tenant.schema_name),
        lambda it: it.update(city=F("name")),
    ),
    "deleting by its alias": (lambda a: Contact.objects.using(a.tenant.schema_name), lambda it: it.delete()),
    "raw SQL of its alias": (
        lambda a: Contact.objects.using(a.tenant.schema_name).raw("SELECT * FROM contacts_contact"),
        list,
    ),
    "a manager of its alias": (
        lambda a: Contact.objects.db_manager(a.tenant.schema_name),
        lambda it: it.first(),
    ),
    "its connection": (lambda a: connections[a.tenant.schema_name], lambda it: it.cursor()),
}
RELATING: dict[str, Attempt] = {
    "assign to a saved one": lambda a, b: setattr(b.worker, "company", a.company),
    "assign to a new one": lambda a, b: Contact(name="New", company=a.company),
    "create with": lambda a, b: Contact.objects.create(name="New", company=a.company),
    "assign a person": lambda a, b: setattr(b.worker, "created_by", a.sam),
    "create by": lambda a, b: Contact(name="New").create(by=a.sam),
    "update(company=)": lambda a, b: Contact.objects.filter(pk=WORKER).update(company=a.company),
    "add backwards": lambda a, b: b.company.people.add(a.worker),
    "add backwards, saving each": lambda a, b: b.company.people.add(a.worker, bulk=False),
    "add to it": lambda a, b: a.company.people.add(b.worker),
    "create through it": lambda a, b: a.company.people.create(name="New"),
    "get_or_create through it": lambda a, b: a.company.people.get_or_create(name="New"),
    "get_or_create that is there": lambda a, b: a.company.people.get_or_create(pk=WORKER),
    "update_or_create through it": lambda a, b: a.company.people.update_or_create(name="New"),
    "bulk_create through it": lambda a, b: a.company.people.bulk_create([Contact(name="New")]),
    "update through it": lambda a, b: a.company.people.update(city=F("name")),
    "delete through it": lambda a, b: a.company.people.all().delete(),
    "set": lambda a, b: a.company.people.set([b.worker]),
    "clear": lambda a, b: a.company.people.clear(),
    "sessions of a person": lambda a, b: a.sam.sessions.all().delete(),
}


def _worker(contacts: QuerySet[Contact] | None = None) -> Contact:
    return (Contact.objects.all() if contacts is None else contacts).get(pk=WORKER)


def _evaluated() -> QuerySet[Contact]:
    found = Contact.objects.filter(pk=COMPANY)
    assert len(found) == 1
    return found


def _state_of(side: Side) -> list[Any]:
    with bound_to(side.tenant):
        people = [*User.objects.order_by("pk").values()]
        sessions = [*Session.objects.order_by("pk").values("pk", "session_data")]
        return [people, [*Contact.objects.order_by("pk").values()], sessions]


def _attempt(attempt: Attempt, at_acme: Side, at_globex: Side) -> None:
    before = _state_of(at_acme), _state_of(at_globex)
    with bound_to(at_globex.tenant), pytest.raises(CrossTenantError):
        attempt(at_acme, at_globex)
    for side in (at_acme, at_globex):
        with bound_to(side.tenant):
            transaction.set_rollback(False)
    assert (_state_of(at_acme), _state_of(at_globex)) == before


@pytest.mark.parametrize("attempt", SAVING.values(), ids=SAVING.keys())
def test_it_cant_be_saved(attempt: Attempt, at_acme: Side, at_globex: Side) -> None:
    at_acme.company.name = at_acme.worker.name = "Stolen"
    _attempt(attempt, at_acme, at_globex)


@pytest.mark.parametrize("attempt", RELATING.values(), ids=RELATING.keys())
def test_it_cant_be_related(attempt: Attempt, at_acme: Side, at_globex: Side) -> None:
    _attempt(attempt, at_acme, at_globex)


@pytest.mark.parametrize(("load", "use"), READING.values(), ids=READING.keys())
def test_nothing_is_read_by_way_of_it(load: Load, use: Use, at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        loaded = load(at_acme)
    _attempt(lambda _a, _b: use(loaded), at_acme, at_globex)


def test_a_subquery_of_its_alias_is_refused_by_django_already(at_acme: Side, at_globex: Side) -> None:
    theirs = Contact.objects.using(at_acme.tenant.schema_name)
    with bound_to(at_globex.tenant), pytest.raises(ValueError, match="different databases"):
        list(Contact.objects.filter(company__in=theirs))


def test_a_bare_queryset_reads_the_tenant_bound_at_evaluation(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        names = Contact.objects.order_by("name").values_list("name", flat=True)
    with bound_to(at_globex.tenant):
        assert [*names] == ["Company of globex", "Worker of globex"]
    with bound_to(at_acme.tenant):
        assert [*names.all()] == ["Company of acme", "Worker of acme"]


def test_an_iterator_half_consumed_never_turns_to_the_next_tenant(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        contacts = Contact.objects.order_by("name").iterator(chunk_size=1)
        assert next(contacts).name == "Company of acme"
    with bound_to(at_globex.tenant):
        rest = [*contacts]
        assert [contact.name for contact in rest] == ["Worker of acme"]
        with pytest.raises(CrossTenantError):
            rest[0].save()


def test_a_queryset_pickled_at_acme_carries_acmes_rows_and_they_are_refused(
    at_acme: Side, at_globex: Side
) -> None:
    with bound_to(at_acme.tenant):
        kept = pickle.dumps(Contact.objects.filter(pk=COMPANY))
    with bound_to(at_globex.tenant):
        found = pickle.loads(kept)  # noqa: S301 - our own pickle
        assert found[0].name == "Company of acme"
        with pytest.raises(CrossTenantError):
            found[0].people.count()
        assert found.all()[0].name == "Company of globex"


def test_each_tenant_has_its_own_cache_of_content_types(at_acme: Side, at_globex: Side) -> None:
    with bound_to(at_acme.tenant):
        theirs = ContentType.objects.get_for_model(User)
    with bound_to(at_globex.tenant):
        ours = ContentType.objects.get_for_model(User)
        assert (theirs._state.db, ours._state.db) == (
            at_acme.tenant.schema_name,
            at_globex.tenant.schema_name,
        )
        with pytest.raises(CrossTenantError):
            theirs.refresh_from_db()
        with pytest.raises(CrossTenantError):
            theirs.permission_set.count()
        assert ours.get_object_for_this_type(pk=SAM) == at_globex.sam


def test_the_catalogs_models_are_refused_under_a_tenant(at_acme: Side) -> None:
    with bound_to(at_acme.tenant):
        for attempt in (Tenant.objects.count, Server.objects.first, at_acme.tenant.events.count):
            with pytest.raises(CrossTenantError):
                attempt()
        with pytest.raises(CrossTenantError):
            at_acme.tenant.save()
        with pytest.raises(CrossTenantError):
            Tenant.objects.using("catalog").count()


def test_a_tenants_models_are_refused_under_the_catalog(at_acme: Side, catalog: None) -> None:
    with bound_to(CATALOG):
        for attempt in (Contact.objects.count, at_acme.company.save, at_acme.company.people.count):
            with pytest.raises(CrossTenantError):
                attempt()
        with pytest.raises(CrossTenantError):
            at_acme.sam.save()
        assert not User.objects.filter(pk=SAM).exists()


def test_every_model_of_ours_in_a_tenants_database_knows_where_it_belongs() -> None:
    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_label in settings.TENANT_LABELS
        and not model.__module__.startswith(("django.", "axes."))
    ]
    assert {model.__name__ for model in ours} >= {"User", "Session", "Contact"}
    assert [model for model in ours if not issubclass(model, OfOneTenant)] == []
