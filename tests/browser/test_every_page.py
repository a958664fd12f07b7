"""Every page and every section of the style guide, in many states: no fault for axe-core, console, policy and ruler."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site
from tests.browser.walk.asking import FILE, FRAGMENT, PAGE, POST_ONLY
from tests.browser.walk.modes import EVERY, QUICK, Mode
from tests.browser.walk.surfaces import SURFACES, Surface
from tests.browser.walk.walking import Walk
from tests.browser.walk.world import World, made

TENANT, _, OPERATORS, _ = SURFACES
# Of the two sites with most pages one is looked at in one mode always; all else with --full.
ONE = {TENANT: QUICK[1], OPERATORS: None}
WALKS = [
    pytest.param(
        surface,
        mode,
        id=f"{surface}-{mode}",
        marks=[] if mode in QUICK and ONE.get(surface, mode) == mode else pytest.mark.slow,
    )
    for surface in SURFACES
    for mode in EVERY
]


@pytest.fixture(scope="module")
def world(browser: Browser, databases: None) -> Iterator[World]:
    with made() as world:
        yield world


@pytest.mark.parametrize(("surface", "mode"), WALKS)
def test_every_page_is_without_fault(
    site: Site, browser: Browser, world: World, surface: Surface, mode: Mode
) -> None:
    faults = Walk(site, world, surface, mode).faults(browser)
    if faults:
        pytest.fail("\n".join([f"{surface}, {mode}:", *faults]), pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("surface", SURFACES, ids=str)
def test_every_page_comes_with_a_policy_that_allows_nothing_by_itself(
    site: Site, browser: Browser, world: World, surface: Surface
) -> None:
    answers = Walk(site, world, surface, QUICK[0]).answers(browser)
    policies = {
        name: answer.headers.get("content-security-policy", "")
        for name, answer in answers
        if answer.kind in (PAGE, FRAGMENT)
    }
    assert len(policies) > 0
    assert {name: text for name, text in policies.items() if "default-src 'none'" not in text} == {}
    assert {name: text for name, text in policies.items() if "unsafe-" in text or "data:" in text} == {}


@pytest.mark.slow
def test_what_is_no_page_is_recognised(site: Site, browser: Browser, world: World) -> None:
    answers = Walk(site, world, TENANT, QUICK[0]).answers(browser)
    kinds = {name.partition(" (")[0]: answer.kind for name, answer in answers}
    assert (kinds["contacts:contact-list"], kinds["contacts:contact-update"]) == (PAGE, PAGE)
    assert (kinds["contacts:contact-archive"], kinds["jobs:job-retry"]) == (POST_ONLY, POST_ONLY)
    assert (kinds["jobs:job-file"], kinds["file"]) == (FILE, FILE)
    assert kinds["jobs:job-progress"] == FRAGMENT
