"""Components that have a body of their own, or read the address: their markup stands in templates/components/."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template import Library
from django.template.context import Context
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

register = Library()


@register.simple_block_tag
def table(content: str, caption: "_StrOrPromise", css: str = "", *, wide: bool = False) -> str:
    """Heads and rows become a table. `wide`: it may scroll sideways in a frame of its own, reached by the keyboard."""
    needed = {"content": content, "caption": caption, "css": css, "wide": wide}
    return render_to_string("components/table.html", needed)


@register.inclusion_tag("components/table_sort.html", takes_context=True)
def sort_head(context: Context, name: str, label: "_StrOrPromise", css: str = "") -> dict[str, Any]:
    """The head of a column that the list can be sorted by: pressed again, the other way round."""
    request: HttpRequest = context["request"]
    present = request.GET.get("sort", "")
    how = {name: "ascending", f"-{name}": "descending"}.get(present, "")
    return {
        "request": request,
        "label": label,
        "css": css,
        "how": how,
        "next": f"-{name}" if how == "ascending" else name,
    }


@register.simple_block_tag
def facts(content: str, css: str = "") -> str:
    return render_to_string("components/facts.html", {"content": content, "css": css})


@register.simple_block_tag
def fact(content: str, label: "_StrOrPromise", copied: str = "", css: str = "") -> str:
    """One line of facts; `copied` is what its button copies, if it has one."""
    needed = {"content": content, "label": label, "copied": copied, "css": css}
    return render_to_string("components/fact.html", needed)


@register.simple_block_tag
def panel(
    content: str, title: "_StrOrPromise", url: str = "", link: "_StrOrPromise" = "", css: str = ""
) -> str:
    """Something beside the main thing: with a heading, and a link where there is something to add."""
    needed = {"content": content, "title": title, "url": url, "link": link, "css": css}
    return render_to_string("components/panel.html", needed)


@register.filter
def initial(name: object) -> str:
    """The sign a name begins with, in any script."""
    return str(name).strip()[:1].upper()
