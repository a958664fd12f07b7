"""Who sits before the browsers."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.browser.site import Site
from tests.support.authenticator import code_for, give_device
from tests.support.fleet import PASSWORD, add_user

Arrive = Callable[[], Page]


def person_at(tenant: Bindable, email: str, language: str = "") -> User:
    """Sam, who may do everything and signs in with PASSWORD; without a language of their own unless one is given."""
    with bound_to(tenant):
        user = add_user(email, "Sam", "owner" if isinstance(tenant, Tenant) else "super_admin")
        if language:
            user.language = language
            user.save()
        give_device(user)
        return user


def sign_in(page: Page, site: Site, tenant: Tenant, email: str) -> None:
    page.goto(site.at(tenant.primary_host))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code_at_site(tenant.primary_host, email))
    page.get_by_role("button", name="Go on").click()


def enter(page: Page, site: Site, host: str, email: str) -> None:
    """As `sign_in`, in whatever language, and over when the session is there."""
    page.goto(site.at(host, "/sign-in/"))
    identify(page, host, email)


def identify(page: Page, host: str, email: str) -> None:
    """On the sign-in page that is open: password and code. Whoever has no app yet is given one before."""
    code_at_site(host, email)
    give_password(page, email)
    page.locator("[name=code]").fill(code_at_site(host, email))
    page.locator("form:has([name=code]) [type=submit]").click()
    expect(page.locator("[name=code]")).to_have_count(0)
    page.wait_for_load_state()  # between two documents there is no field either, and no script that hears a key


def give_password(page: Page, email: str) -> None:
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    expect(page.locator("[name=password]")).to_have_count(0)


def code_at_site(host: str, email: str) -> str:
    """What the person's app shows for that site."""
    with bound_to(CATALOG):
        tenant = Tenant.objects.select_related("server").filter(domains__domain=host).first()
    return code_for(tenant or CATALOG, email)
