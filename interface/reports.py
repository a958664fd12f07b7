"""What a browser's report says of a refusal, cut down to what names no person: anybody may send one."""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from csp.utils import DEFAULT_DIRECTIVES
from django.urls import Resolver404, resolve

MOST = 10  # of the reports that come at once
ELSEWHERE = "…"
WORDS = {"inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"}
SCHEMES = {"http", "https", "ws", "wss"}
BARE_SCHEMES = {
    "about",
    "blob",
    "data",
    "filesystem",
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
}
HOST = re.compile(r"[a-z0-9.-]{1,180}")


class NotAReport(Exception):
    """Its words say what is wrong, and nothing of what was sent."""


class Refused(NamedTuple):
    directive: str
    blocked: str
    page: str


def refusals(content_type: str, body: bytes, urlconf: str) -> list[Refused]:
    """What the reports of `body` say of pages of `urlconf`, at most ten. Raises NotAReport."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAReport("This is not JSON.") from error
    if content_type == "application/csp-report":
        return [_read(_old_form(said), urlconf)]
    if not isinstance(said, list):
        raise NotAReport("This is not a list of reports.")
    return [_read(_new_form(report), urlconf) for report in said[:MOST] if _is_of_policy(report)]


def _is_of_policy(report: Any) -> bool:
    """Browsers send reports of other matters along."""
    return not isinstance(report, dict) or report.get("type") == "csp-violation"


def _old_form(said: Any) -> tuple[Any, Any, Any]:
    report = _object(_object(said).get("csp-report"))
    directive = report.get("effective-directive") or report.get("violated-directive")
    return directive, report.get("blocked-uri"), report.get("document-uri")


def _new_form(said: Any) -> tuple[Any, Any, Any]:
    body = _object(_object(said).get("body"))
    return body.get("effectiveDirective"), body.get("blockedURL"), body.get("documentURL")


def _object(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise NotAReport("This is not a report.")
    return said


def _read(said: tuple[Any, Any, Any], urlconf: str) -> Refused:
    directive, blocked, page = said
    if not (isinstance(directive, str) and isinstance(page, str)):
        raise NotAReport("A report names a directive and a page.")
    name = directive.split(" ")[0]
    if name not in DEFAULT_DIRECTIVES:
        raise NotAReport("There is no such directive.")
    return Refused(name, _source(blocked), _page(page, urlconf))


def _source(blocked: Any) -> str:
    """A keyword, a scheme, or scheme and host; never a path, a query, a name or a password."""
    if not isinstance(blocked, str):
        return ELSEWHERE
    try:
        parts = urlsplit(blocked.lower())
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return ELSEWHERE
    if blocked in WORDS | BARE_SCHEMES:
        return blocked
    if parts.scheme in BARE_SCHEMES:
        return parts.scheme
    if parts.scheme in SCHEMES and HOST.fullmatch(host):
        return f"{parts.scheme}://{host}{port}"
    return ELSEWHERE


def _page(address: str, urlconf: str) -> str:
    """The pattern of its path, since a path may hold a token or a name."""
    try:
        return f"/{resolve(urlsplit(address).path, urlconf).route}"
    except (ValueError, Resolver404):
        return ELSEWHERE
