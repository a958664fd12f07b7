"""What pages of other apps show of the log: a record's tabs, its latest changes, and one's own events."""

from typing import Any

from django.db.models import Model
from django.template import Context, Library

from activity.histories import history_for
from activity.pages import Place, own_page, page_of
from activity.records import address_of, tabs_of
from activity.telling import told
from audit.reading import TooMuchToRead

register = Library()
LATEST = 5


@register.inclusion_tag("activity/_tabs.html", takes_context=True)
def history_tabs(context: Context, record: Model) -> dict[str, Any]:
    """The tabs of a record's own page, where whoever asks may read its history; nothing otherwise."""
    history = history_for(record, context["request"].user)
    return {"tabs": tabs_of(history, record, on_history=False) if history else []}


@register.inclusion_tag("activity/_panel.html", takes_context=True)
def history_panel(context: Context, record: Model) -> dict[str, Any]:
    """The latest of a record's history, where whoever asks may read it; nothing otherwise."""
    person = context["request"].user
    history = history_for(record, person)
    if history is None:
        return {"url": ""}
    events = page_of(Place(), LATEST, subject=history.table, object_id=str(record.pk)).events
    return {"url": address_of(history, record), "lines": told(events, person)}


@register.inclusion_tag("activity/_own_panel.html", takes_context=True)
def own_activity(context: Context) -> dict[str, Any]:
    """The latest of what concerns one's own account."""
    person = context["request"].user
    try:
        events = own_page(person, Place(), LATEST).events
    except TooMuchToRead:
        events = []
    return {"lines": told(events, person)}
