"""What Alice reads about her contacts in Arabic and Chinese: every word, while names stay as they were written."""

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from business.contacts.countries import countries
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant


@pytest.fixture
def arabic(acme: Tenant, alice: User, alice_client: Client) -> Client:
    return speaking(alice_client, acme, alice, "ar")


@pytest.fixture
def chinese(acme: Tenant, alice: User, alice_client: Client) -> Client:
    return speaking(alice_client, acme, alice, "zh-hans")


def speaking(client: Client, tenant: Tenant, user: User, language: str) -> Client:
    with bound_to(tenant):
        User.objects.filter(pk=user.pk).update(language=language)
    return client


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_the_list_counts_as_arabic_does(arabic: Client, tea: Contact) -> None:
    page = text_of(arabic, "/contacts/")
    assert "<h1>جهات الاتصال</h1>" in page
    assert "جهة اتصال واحدة" in page
    assert "<bdi>Tea &amp; Co</bdi>" in page
    assert "لا جهات اتصال تطابق <q><bdi>nobody</bdi></q>" in text_of(arabic, "/contacts/?q=nobody")


def test_a_contact_in_chinese(chinese: Client, tea: Contact) -> None:
    page = text_of(chinese, f"/contacts/{tea.pk}/")
    assert "<dt>电子邮箱</dt>" in page
    assert f"{tea.created_at.year}年{tea.created_at.month}月{tea.created_at.day}日 " in page
    assert ">归档</button>" in page


def test_what_was_typed_wrongly_is_refused_in_arabic(arabic: Client) -> None:
    answer = arabic.post("/contacts/new/", {"kind": "person", "version": "1", "phone": "ask me"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "أدخل اسم جهة الاتصال." in page
    assert "لا يحتوي رقم الهاتف إلا على أرقام" in page
    assert ">الرقم الضريبي</label>" in page


def test_what_a_state_forbids_is_refused_in_chinese(chinese: Client, tea: Contact) -> None:
    chinese.post(f"/contacts/{tea.pk}/archive/")
    assert "此联系人已经归档。" in chinese.post(f"/contacts/{tea.pk}/archive/", follow=True).content.decode()


def test_what_is_typed_is_shown_as_text_inside_of_sentences(arabic: Client) -> None:
    attack = "<script>alert(1)</script>"
    page = arabic.get("/contacts/", {"q": attack}).content.decode()
    assert attack not in page
    assert "لا جهات اتصال تطابق <q><bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></q>" in " ".join(
        page.split()
    )


@pytest.mark.parametrize(
    ("language", "first", "last", "home"),
    [
        ("en", "Afghanistan", "Zimbabwe", ("SA", "Saudi Arabia")),
        ("ar", "إثيوبيا", "هونغ كونغ", ("SA", "المملكة العربية السعودية")),
        ("zh-hans", "阿尔巴尼亚", "斐济", ("CN", "中国")),
    ],
)
def test_countries_stand_in_the_order_of_each_language(
    language: str, first: str, last: str, home: tuple[str, str]
) -> None:
    with override(language):
        names = countries()
    assert (names[0][1], names[-1][1]) == (first, last)
    assert home in names
    assert len({name for _, name in names}) == 249


def test_one_form_class_offers_each_reader_the_countries_in_their_language(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    for language, name in (("ar", "السويد"), ("en", "Sweden"), ("zh-hans", "瑞典")):
        page = speaking(alice_client, acme, alice, language).get("/contacts/new/").content.decode()
        assert f'<option value="SE">{name}</option>' in page
