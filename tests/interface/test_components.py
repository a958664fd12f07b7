"""What a component promises to whoever can't see it, or has no script."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import gettext_lazy as _

from interface.filtering import Field, FilterBar, narrowings
from interface.timelines import Told, by_day
from interface.workflows import NextAction, Stage

pytestmark = pytest.mark.usefixtures("databases")
KIND = Field("kind", _("Kind"), "kind", lambda: [("person", "Person"), ("company", "Company")])
COMPANY = Field("company", _("Company"), "company__name")


def drawn(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_a_wide_table_scrolls_in_a_region_that_the_keyboard_reaches() -> None:
    page = drawn("{% table 'Orders' wide=True %}<tbody></tbody>{% endtable %}")

    assert 'role="region" aria-label="Orders" tabindex="0"' in page
    assert '<caption class="visually-hidden">Orders</caption>' in page
    assert "tabindex" not in drawn("{% table 'Orders' %}<tbody></tbody>{% endtable %}")


def test_a_head_says_the_order_and_asks_for_the_other() -> None:
    heads = "{% sort_head 'name' 'Name' %}{% sort_head 'city' 'City' %}"
    request = RequestFactory().get("/?sort=name&page=3&q=tea")

    page = Template(heads).render(RequestContext(request))

    assert 'aria-sort="ascending"' in page
    assert 'href="?sort=-name&amp;q=tea"' in page
    assert 'href="?sort=city&amp;q=tea"' in page
    assert page.count("aria-sort") == 1


def test_a_fact_that_is_empty_says_so() -> None:
    page = drawn("{% fact 'City' %}{% endfact %}{% fact 'ID' copied=id %}<b>7</b>{% endfact %}", id="<7>")

    assert '<span class="visually-hidden">empty</span>' in page
    assert "<b>7</b>" in page
    assert 'data-copy="&lt;7&gt;"' in page


def test_a_chip_leads_to_the_list_without_it_and_from_its_first_page() -> None:
    bar = FilterBar(QueryDict("kind=person&kind-op=not&company=tea&q=dora&page=4&sort=name"), (KIND, COMPANY))

    assert [chip.href for chip in bar.chips] == [
        "?company=tea&q=dora&sort=name",
        "?kind=person&kind-op=not&q=dora&sort=name",
    ]
    assert bar.without_all == "?sort=name"
    assert bar.without_search == "?kind=person&kind-op=not&company=tea&sort=name"


def test_a_filter_is_asked_for_by_a_plain_form_that_keeps_the_rest() -> None:
    bar = FilterBar(QueryDict("company=tea&q=dora&after=7"), (KIND, COMPANY))

    page = render_to_string("components/filter_bar.html", {"bar": bar, "label": "Search", "hint": "Name"})

    [menu, _other] = bar.menus
    assert menu.kept == [("company", "tea"), ("q", "dora")]
    assert '<option value="person">Person</option>' in page
    assert 'popovertarget="filter-menu"' in page
    assert "<script" not in page


def test_what_makes_no_sense_in_an_address_is_not_asked() -> None:
    assert narrowings((KIND, COMPANY), {"kind": "planet", "company": " \0 "}) == ()
    [found] = narrowings((KIND,), {"kind": "person", "kind-op": "drop table"})
    assert found.operator == "is"


def test_an_action_that_is_not_possible_says_why_and_can_not_be_followed() -> None:
    actions = [NextAction("Pay", url="/pay/", reason="Ship it first."), NextAction("Ship", url="/ship/")]
    stages = [Stage("Draft", "done"), Stage("Packing", "present")]

    page = render_to_string(
        "components/workflow.html", {"stages": stages, "actions": actions, "label": "State"}
    )

    assert 'aria-disabled="true" aria-describedby="reason-1">Pay</button>' in page
    assert '<span class="reason" id="reason-1">Ship it first.</span>' in page
    assert "/pay/" not in page
    assert 'href="/ship/">Ship</a>' in page
    assert page.count('aria-current="step"') == 1


def test_events_stand_under_their_days_in_the_order_in_which_they_come() -> None:
    at = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (24, 24, 22)]
    told = [Told(moment, "Alice", f"Event {number}") for number, moment in enumerate(at)]

    assert [(day.day, [one.words for one in events]) for day, events in by_day(told)] == [
        (24, ["Event 0", "Event 1"]),
        (22, ["Event 2"]),
    ]


def test_not_permitted_says_which_permission_and_who_grants_it() -> None:
    page = render_to_string(
        "components/empty_not_permitted.html", {"permission": "Orders: view", "people": ["نورة", "Alice"]}
    )

    assert "<strong><bdi>Orders: view</bdi></strong>" in page
    assert "<bdi>نورة</bdi>" in page
    assert "<bdi>Alice</bdi>" in page
