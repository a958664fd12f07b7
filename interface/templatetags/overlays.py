"""What opens above the page, and holds something of its own: dialogs, drawers, menus, popovers, the bulk bar."""

from typing import Any

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = Library()


@register.simple_block_tag
def dialog(content: SafeString, **given: Any) -> SafeString:
    """`{% dialog id="x" title="…" %}…{% enddialog %}`; opened by `components/dialog_button.html`."""
    return render_to_string("components/dialog.html", {"kind": "dialog", **given, "body": content})


@register.simple_block_tag
def drawer(content: SafeString, **given: Any) -> SafeString:
    """A dialog along the page's end, for what is looked at beside the page."""
    return render_to_string("components/dialog.html", {**given, "kind": "drawer", "body": content})


@register.simple_block_tag
def menu(content: SafeString, **given: Any) -> SafeString:
    """`{% menu id="x" label="…" %}` around links and buttons, each with `role="menuitem"`."""
    return render_to_string("components/menu.html", {**given, "body": content})


@register.simple_block_tag
def popover(content: SafeString, **given: Any) -> SafeString:
    """`{% popover id="x" label="…" %}` around anything that is read or filled in, not a list of commands."""
    return render_to_string("components/popover.html", {**given, "body": content})


@register.simple_block_tag
def bulkbar(content: SafeString) -> SafeString:
    """What can be done with the rows that are checked: `{% bulkbar %}…buttons…{% endbulkbar %}`."""
    return render_to_string("components/bulk_bar.html", {"body": content})
