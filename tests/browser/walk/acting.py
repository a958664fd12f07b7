"""What a visit does once it is there: plain posts, past every script, answered with a page."""

from collections.abc import Callable
from urllib.parse import urljoin

from playwright.sync_api import Page, Response, Route

from tests.support.fleet import PASSWORD

Then = Callable[[Page], Response | None]

EMPTIED = """
() => {
  const form = [...document.forms].find(one =>
    one.method === 'post' && !one.getAttribute('action') && one.querySelector('[name=csrfmiddlewaretoken]')
    && one.querySelector(
      'input:not([type=hidden], [type=checkbox], [type=radio], [type=submit]), textarea, select'));
  if (!form) return false;
  for (const field of form.elements) {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = false;
    else if (field.type !== 'hidden' && field.type !== 'submit') field.value = '';
  }
  form.dataset.walk = 'posted';
  return true;
}
"""
OUTDATED = """
() => {
  const form = document.querySelector('form:has([name=version])');
  form.elements.namedItem('version').value = '0';
  form.elements.namedItem('name').value = 'Dora Feather';
  form.dataset.walk = 'posted';
}
"""
WITHOUT_TOKEN = """
() => {
  const form = document.querySelector('form:has([name=csrfmiddlewaretoken])');
  form.elements.namedItem('csrfmiddlewaretoken').remove();
  form.dataset.walk = 'posted';
}
"""
TOO_MUCH = """
() => {
  const form = document.querySelector('form:has([name=csrfmiddlewaretoken])');
  for (let number = 0; number <= 1000; number++) {
    form.append(Object.assign(document.createElement('input'), {type: 'hidden', name: `more${number}`}));
  }
  form.dataset.walk = 'posted';
}
"""
ELSEWHERE = """
path => {
  const token = document.querySelector('[name=csrfmiddlewaretoken]').cloneNode();
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: path});
  form.append(token);
  form.dataset.walk = 'posted';
  document.body.append(form);
}
"""
# Not requestSubmit: neither the browser's own checks nor a script of ours may stop it.
POST = "() => HTMLFormElement.prototype.submit.call(document.querySelector('[data-walk=posted]'))"


def post_it_empty(page: Page) -> Response | None:
    """The page's own form with nothing in it; None where there is none that asks for something and can be sent."""
    return _post(page) if page.evaluate(EMPTIED) else None


def save_over_a_newer_version(page: Page) -> Response | None:
    page.evaluate(OUTDATED)
    return _post(page)


def post_without_token(page: Page) -> Response | None:
    page.evaluate(WITHOUT_TOKEN)
    return _post(page)


def post_too_much(page: Page) -> Response | None:
    """More fields than Django reads."""
    page.evaluate(TOO_MUCH)
    return _post(page)


def posting_to(path: str) -> Then:
    def post(page: Page) -> Response | None:
        page.evaluate(ELSEWHERE, path)
        return _post(page)

    return post


def giving_the_password(email: str, path: str = "") -> Then:
    """At the sign-in page; `path` is asked for afterwards, by somebody who is half in."""

    def give(page: Page) -> Response | None:
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        with page.expect_navigation() as navigation:
            page.locator("form:has([name=password]) [type=submit]").click()
        return page.goto(urljoin(page.url, path)) if path else navigation.value

    return give


def showing(body: str, status: int) -> Then:
    """A page that can't be asked for, in the place of one that can."""

    def show(page: Page) -> Response | None:
        def answer(route: Route) -> None:
            route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")

        page.route(page.url, answer, times=1)
        return page.goto(page.url)

    return show


def _post(page: Page) -> Response | None:
    with page.expect_navigation() as navigation:
        page.evaluate(POST)
    return navigation.value
