"""What a page may load and run: our own files, and nothing that stands in its text."""

from typing import Any

from csp.constants import NONE, SELF


def policy_reporting_to(path: str, group: str) -> dict[str, Any]:
    """django-csp's setting. Where `group` is empty, browsers report by the older way alone."""
    kinds = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")
    directives = {
        "default-src": [NONE],
        **{kind: [SELF] for kind in kinds},
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": path,
    }
    return {"DIRECTIVES": {**directives, **({"report-to": group} if group else {})}}
