"""Links to pages that another part of backups brings."""

from django.template import Library
from django.urls import NoReverseMatch, reverse

register = Library()


@register.simple_tag
def way(name: str, *arguments: object) -> str:
    """`{% way "drills:drill-detail" drill.pk as href %}`; empty where this site has no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
