import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import User
from business.contacts.models import Contact
from business.contacts.refusals import ChangedMeanwhile, ContactRefused
from tenants.binding import bound_to
from tenants.models import Tenant


def test_a_new_contact_knows_who_added_it(acme: Tenant, alice: User, dora: Contact) -> None:
    with bound_to(acme):
        saved = Contact.objects.get(pk=dora.pk)
        assert (saved.created_by, saved.updated_by, saved.version) == (alice, alice, 1)
        assert saved.pk.version == 7
        assert (str(saved), saved.is_company, saved.is_archived) == ("Dora", False, False)


def test_an_update_says_who_and_counts_on(acme: Tenant, bob: User, dora: Contact) -> None:
    with bound_to(acme):
        before = dora.updated_at
        dora.city = "York"
        dora.update(by=bob, seen=1)
        saved = Contact.objects.get(pk=dora.pk)
        assert (saved.city, saved.version, saved.updated_by) == ("York", 2, bob)
        assert saved.updated_at > before


def test_an_update_over_a_newer_version_is_refused(
    acme: Tenant, alice: User, bob: User, dora: Contact
) -> None:
    with bound_to(acme):
        bobs = Contact.objects.get(pk=dora.pk)
        dora.city = "York"
        dora.update(by=alice, seen=1)
        bobs.city = "Hull"
        with pytest.raises(ChangedMeanwhile) as refusal:
            bobs.update(by=bob, seen=1)
        assert refusal.value.saved.city == "York"
        assert Contact.objects.get(pk=dora.pk).city == "York"


def test_archived_and_restored_as_it_was(acme: Tenant, alice: User, bob: User, dora: Contact) -> None:
    with bound_to(acme):
        dora.archive(by=bob)
        assert Contact.objects.archived().get().updated_by == bob
        assert dora not in Contact.objects.active()
        dora.restore(by=alice)
        saved = Contact.objects.active().people().get()
        assert (saved.archived_at, saved.version, saved.phone) == (None, 3, "+44 7700 900001")


def test_what_an_archived_contact_refuses(acme: Tenant, alice: User, dora: Contact) -> None:
    with bound_to(acme):
        dora.archive(by=alice)
        dora.city = "York"
        with pytest.raises(ContactRefused, match="archived: restore it before changing it"):
            dora.update(by=alice, seen=2)
        with pytest.raises(ContactRefused, match="This contact is archived already"):
            dora.archive(by=alice)
        assert Contact.objects.get(pk=dora.pk).version == 2


def test_only_what_is_archived_is_restored(acme: Tenant, alice: User, dora: Contact) -> None:
    with bound_to(acme), pytest.raises(ContactRefused, match="This contact isn't archived"):
        dora.restore(by=alice)


def test_archiving_keeps_what_somebody_else_saved(
    acme: Tenant, alice: User, bob: User, dora: Contact
) -> None:
    with bound_to(acme):
        stale = Contact.objects.get(pk=dora.pk)
        dora.city = "York"
        dora.update(by=alice, seen=1)
        stale.archive(by=bob)
        assert Contact.objects.get(pk=dora.pk).city == "York"


def test_a_company_has_no_company(acme: Tenant, tea: Contact) -> None:
    with bound_to(acme):
        branch = Contact(kind="company", name="Tea & Co North", company=tea)
        with pytest.raises(ValidationError, match="A company has no company of its own"):
            branch.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            branch.create(by=None)


def test_a_person_doesnt_work_at_a_person(acme: Tenant, dora: Contact) -> None:
    with bound_to(acme), pytest.raises(ValidationError, match="That is a person: choose a company"):
        Contact(name="Emil", company=dora).clean()


def test_a_company_with_people_stays_one(acme: Tenant, tea: Contact, dora: Contact) -> None:
    with bound_to(acme):
        tea.kind = "person"
        with pytest.raises(ValidationError, match="People work here"):
            tea.full_clean()
        with pytest.raises(ProtectedError):
            tea.delete()


@pytest.mark.parametrize("phone", ["+966 52 555 0101", "(0121) 496-0101", "٠٥٢٥٥٥٠١٠١", "496 0101 x12"])
def test_phones_of_any_country(acme: Tenant, phone: str) -> None:
    with bound_to(acme):
        Contact(name="Emil", phone=phone).full_clean()


def test_a_phone_is_no_sentence(acme: Tenant) -> None:
    with bound_to(acme), pytest.raises(ValidationError, match="A phone number has digits"):
        Contact(name="Emil", phone="ask Dora").full_clean()
