"""Who asked, agreed or signed, as pages of ours name them."""

from django.template import Library

from backups.persons import shown_name

register = Library()


@register.filter
def person(by: str) -> str:
    return shown_name(by) if by else ""
