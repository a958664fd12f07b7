"""Whether whoever reads may do something: nobody is shown a button that leads to a refusal."""

from typing import Any

from django.db.models import Model
from django.template import Library

register = Library()


@register.filter
def may(person: Any, code: str) -> bool:
    """`{% if user|may:"contacts.contact:archive" %}`: at least somewhere."""
    return bool(person.has_perm(code))


@register.simple_tag
def may_with(person: Any, code: str, record: Model) -> bool:
    """`{% may_with user "contacts.contact:archive" contact as archivable %}`: with this very record."""
    return bool(person.has_perm(code, record))
