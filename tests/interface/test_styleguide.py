"""The style guide: a page a section, for operators only."""

import pytest
from django.test import Client

from interface.styleguide import SECTIONS
from interface.styleguide.refusals import NAMES


def test_its_first_page_leads_to_every_section(oscar_client: Client) -> None:
    page = oscar_client.get("/styleguide/").content.decode()
    assert [section.slug for section in SECTIONS if f'href="/styleguide/{section.slug}/"' not in page] == []


@pytest.mark.parametrize("slug", [section.slug for section in SECTIONS])
def test_a_section_shows_itself(oscar_client: Client, slug: str) -> None:
    answer = oscar_client.get(f"/styleguide/{slug}/")
    assert answer.status_code == 200
    assert f"styleguide/{slug}.html" in [template.name for template in answer.templates]


def test_an_unknown_section_is_not_found(oscar_client: Client) -> None:
    assert oscar_client.get("/styleguide/nothing/").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_an_error_page_is_listed_and_shown(oscar_client: Client, name: str) -> None:
    answer = oscar_client.get(f"/styleguide/errors/{name}/")
    assert (answer.status_code, answer.templates[0].name) == (200, f"{name}.html")
    assert f'href="/styleguide/errors/{name}/"' in oscar_client.get("/styleguide/errors/").content.decode()


def test_an_unknown_error_page_is_not_found(oscar_client: Client) -> None:
    assert oscar_client.get("/styleguide/errors/200/").status_code == 404


def test_every_answer_stands_to_be_read(oscar_client: Client) -> None:
    whole = oscar_client.get("/styleguide/answers/").content.decode()
    page = whole.partition('class="guide-examples"')[2].partition("<template")[0]
    for words in ("You are signed out.", "You may not do that", "is gone", "changed meanwhile", "too often"):
        assert words in page


def test_tenants_have_no_style_guide(alice_client: Client) -> None:
    assert alice_client.get("/styleguide/").status_code == 404
