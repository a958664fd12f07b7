"""Back to where somebody came from."""

from django.utils.http import url_has_allowed_host_and_scheme


def safe_address(wanted: str, otherwise: str = "/") -> str:
    """`wanted`, provided that it is a path of this site: Django takes any other word for the name of a view."""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else otherwise
