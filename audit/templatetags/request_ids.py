"""`{% request_id as id %}`: for pages that are rendered without a request or a context processor."""

from django import template

from audit import request_ids

register = template.Library()


@register.simple_tag
def request_id() -> str:
    """Empty where no request is being answered."""
    return request_ids.request_id()
