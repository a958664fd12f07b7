"""The style guide: a page a section, for operators only."""

import pytest
from django.test import Client

from interface.styleguide import SECTIONS


def test_its_first_page_leads_to_every_section(oscar_client: Client) -> None:
    page = oscar_client.get("/styleguide/").content.decode()
    assert [section.slug for section in SECTIONS if f'href="/styleguide/{section.slug}/"' not in page] == []


@pytest.mark.parametrize("slug", [section.slug for section in SECTIONS])
def test_a_section_shows_itself(oscar_client: Client, slug: str) -> None:
    answer = oscar_client.get(f"/styleguide/{slug}/")
    assert answer.status_code == 200
    assert answer.templates[0].name == f"styleguide/{slug}.html"


def test_an_unknown_section_is_not_found(oscar_client: Client) -> None:
    assert oscar_client.get("/styleguide/nothing/").status_code == 404


def test_tenants_have_no_style_guide(alice_client: Client) -> None:
    assert alice_client.get("/styleguide/").status_code == 404
