"""What a page costs on its way, headers included, as Chromium counts it; and that it is kept where it can't change."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from playwright.sync_api import Browser, Page

from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.people import enter, person_at
from tests.browser.site import Site
from tests.house.reading import ROOT

FIRST_VISIT, NEXT_VISIT, SCRIPT = 120_000, 20_000, 120_000
NAMES = {
    "en": ["Brindley & Sons Trading", "Zoë Ångström"],
    "ar": ["شركة النخيل للتجارة", "ليلى الحسن"],
    "zh-hans": ["启明贸易有限公司", "李静"],
}

DRAW = """address => document.body.insertAdjacentHTML(
    'beforeend', `<svg id="drawn" class="icon"><use href="${address}"></use></svg>`)"""
WRITE = """text => document.body.insertAdjacentHTML('beforeend', `<p id="written">${text}</p>`)"""


class Scales:
    """Weighs whatever the page fetches from now on, by kind: Document, Stylesheet, Script, Font, Image."""

    def __init__(self, page: Page) -> None:
        self.page, self.kinds, self.weights = page, dict[str, str](), Counter[str]()
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._name)
        session.on("Network.loadingFinished", self._weigh)
        session.send("Network.enable")

    def _name(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _weigh(self, event: dict[str, Any]) -> None:
        self.weights[self.kinds.get(event["requestId"], "Other")] += event["encodedDataLength"]

    def visit(self, address: str) -> Counter[str]:
        self.weights.clear()
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return Counter(self.weights)


@pytest.fixture
def acme(new_tenant: Callable[..., Tenant]) -> Tenant:
    acme = new_tenant(name="Acme")
    person_at(acme, "sam@example.com")
    return acme


def fill(acme: Tenant, language: str) -> None:
    """More than a page of contacts, as long as a real list's."""
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(language=language)
    with bound_to(acme):
        for number in range(60):
            name = NAMES[language][number % 2]
            values = {"email": f"person{number}@example.com", "phone": f"+44 7700 9000{number:02}"}
            Contact.objects.create(name=f"{name} {number}", city=name, country="GB", **values)


@pytest.mark.sampled
@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_list_page_is_light_at_first_and_lighter_again(
    site: Site, browser: Browser, acme: Tenant, language: str
) -> None:
    fill(acme, language)
    context = browser.new_context(locale=language)
    enter(context.new_page(), site, acme.primary_host, "sam@example.com")
    another_computer = browser.new_context(locale=language, storage_state=context.storage_state())
    page = another_computer.new_page()
    scales = Scales(page)
    address = site.at(acme.primary_host, "/contacts/")

    first, again = scales.visit(address), scales.visit(address)

    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("main tbody tr").count() >= 50
    assert first["Stylesheet"] > 0
    assert 0 < first["Document"] < first.total() - first["Font"] <= FIRST_VISIT
    assert 0 < first["Font"] <= SCRIPT * (1 if language == "en" else 2)
    assert again.total() <= NEXT_VISIT
    assert again["Font"] == again["Stylesheet"] == again["Script"] == 0
    another_computer.close()
    context.close()


@pytest.mark.sampled
@pytest.mark.parametrize("path", ["/sign-in/", "/"])
def test_names_of_languages_bring_no_whole_font_along(
    site: Site, browser: Browser, acme: Tenant, path: str
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if ".woff2" in request.url else None)
    page.goto(site.at(acme.primary_host if path == "/sign-in/" else "localhost", path))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    fonts = sorted("/".join(address.split("/")[-2:]).split(".")[0] for address in fetched)
    assert fonts == ["inter/latin", "noto-sans-arabic/name", "noto-sans-sc/name"]
    assert page.get_by_text("العربية").evaluate("name => name.offsetWidth") > 20
    context.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/base.css", "text/css"),
        ("django_htmx/htmx-2.min.js", "text/javascript"),
        ("vendor/lucide/icons.svg", "image/svg+xml"),
        ("vendor/inter/latin.woff2", "font/woff2"),
    ],
)
def test_a_file_whose_name_has_its_hash_is_kept_for_good(
    site: Site, visitor: Callable[[], Page], name: str, kind: str
) -> None:
    answer = visitor().request.get(site.at("localhost", staticfiles_storage.url(name)))
    assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"
    assert answer.headers["content-type"].startswith(kind)
    assert (answer.headers.get("content-encoding") == "gzip") is not name.endswith(".woff2")


def test_an_icon_is_drawn_from_the_sprite(site: Site, visitor: Callable[[], Page]) -> None:
    """Lucide's lens is 18 of 24 units wide, and an icon 18 pixels: 13.5."""
    page = visitor()
    page.goto(site.at("localhost"))
    page.evaluate(DRAW, f"{staticfiles_storage.url('vendor/lucide/icons.svg')}#search")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelector('#drawn use').getBBox().width") == pytest.approx(
        13.5, abs=0.1
    )


def test_every_listed_chinese_character_is_drawn_from_our_font(
    site: Site, visitor: Callable[[], Page]
) -> None:
    listed = (
        (ROOT / "static/vendor/noto-sans-sc/characters.txt").read_text(encoding="utf-8").replace("\n", "")
    )
    page = visitor()
    page.goto(site.at("localhost"))
    page.evaluate(WRITE, listed)
    page.evaluate("document.fonts.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    written = session.send("DOM.querySelector", {"nodeId": root, "selector": "#written"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": written})["fonts"]
    assert {(font["isCustomFont"], font["glyphCount"]) for font in fonts} == {(True, len(listed))}
