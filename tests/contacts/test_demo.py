import pytest

from accounts.models import User
from business.contacts.countries import countries
from business.contacts.demo import create_contacts
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant


@pytest.mark.parametrize("slug", ["nakheel", "qiming", "brindley"])
def test_about_forty_believable_contacts_once(acme: Tenant, alice: User, slug: str) -> None:
    with bound_to(acme):
        added = create_contacts(slug, owner=alice)
        assert create_contacts(slug, owner=alice) == 0
        contacts = Contact.objects.select_related("company")
        assert 35 <= added == contacts.count() <= 45
        assert contacts.archived().count() == 1
        assert contacts.exclude(company=None).count() >= 15
        assert all(contact.email.endswith(".example") for contact in contacts if contact.email)
        assert {contact.created_by_id for contact in contacts} == {alice.pk}


def test_countries_are_those_of_iso_3166() -> None:
    codes = [code for code, _ in countries()]
    assert len(codes) == len(set(codes)) == 249
    assert ("SA", "Saudi Arabia") in countries()
