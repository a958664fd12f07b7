import pytest
from django.db.models import Q

from business.contacts.models import Contact
from business.contacts.pages import SIZE, page_of
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.conftest import MakeContact

EVERYBODY = Q()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dora", ["Dora"]),
        ("7700 900001", ["Dora"]),
        ("tea", ["Dora", "Tea & Co"]),
        ("tea leeds", ["Tea & Co"]),
        ("dora@", ["Dora"]),
        ("نورة", ["نورة العتيبي"]),
        ("启明", ["北京启明会展"]),
        ("", ["Dora", "Tea & Co", "نورة العتيبي", "北京启明会展"]),
        ("100%", []),
        ("nobody", []),
    ],
)
def test_every_word_is_found_somewhere(
    acme: Tenant, dora: Contact, make_contact: MakeContact, text: str, names: list[str]
) -> None:
    make_contact("نورة العتيبي")
    make_contact("北京启明会展", kind="company")
    with bound_to(acme):
        assert [contact.name for contact in Contact.objects.matching(text, EVERYBODY).by_name()] == names


def test_of_many_words_the_first_ten_are_looked_for(acme: Tenant, dora: Contact) -> None:
    with bound_to(acme):
        assert Contact.objects.matching("dora " * 10 + "zanzibar").get() == dora
        assert not Contact.objects.matching("dora " * 9 + "zanzibar").exists()


def test_names_are_in_order_whatever_their_case(acme: Tenant, make_contact: MakeContact) -> None:
    for name in ("zoe", "Adam", "eve", "Eve"):
        make_contact(name)
    with bound_to(acme):
        names = [contact.name for contact in Contact.objects.by_name()]
        assert names == ["Adam", "eve", "Eve", "zoe"]
        middle = Contact.objects.get(name="eve")
        assert [contact.name for contact in Contact.objects.following(middle)] == ["Eve", "zoe"]
        assert [contact.name for contact in Contact.objects.preceding(middle)] == ["Adam"]


def test_pages_forward_and_back_meet_everyone_once(acme: Tenant, make_contact: MakeContact) -> None:
    total = 2 * SIZE + 7
    for number in range(total):
        make_contact(f"Same name {number // 60}")
    with bound_to(acme):
        everyone = Contact.objects.all()
        first = page_of(everyone, everyone)
        second = page_of(everyone, everyone, after=first.next)
        third = page_of(everyone, everyone, after=second.next)
        pages = (first, second, third)
        assert [len(page.contacts) for page in pages] == [SIZE, SIZE, 7]
        assert len({contact.pk for page in pages for contact in page.contacts}) == total
        assert (first.previous, third.next) == (None, None)
        assert page_of(everyone, everyone, before=third.previous) == second
        assert page_of(everyone, everyone, before=second.previous) == first


def test_a_page_goes_on_where_rows_are_added_before_it(acme: Tenant, make_contact: MakeContact) -> None:
    for number in range(SIZE + 1):
        make_contact(f"M {number:03}")
    with bound_to(acme):
        first = page_of(Contact.objects.all(), Contact.objects.all())
    make_contact("A newcomer")
    with bound_to(acme):
        second = page_of(Contact.objects.all(), Contact.objects.all(), after=first.next)
        assert [contact.name for contact in second.contacts] == [f"M {SIZE:03}"]
