"""The matrix of 528 permissions by 18 roles, and a permission check, each against the least that it could cost.

.venv/bin/python -m embedded exec --var var/bench --tests -- .venv/bin/python -m bench.matrix [ROUNDS]
"""

import gzip
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# ruff: noqa: E402 - models can be imported once Django is set up
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import set_urlconf

from access.registry import codes
from access.rights import Rights
from accounts.granting import grant
from accounts.models import Role, User
from accounts.roles.matrix import RISKS, Asked, areas_of, columns_of, matrix_of
from accounts.roles.pages import in_order
from audit.context import acting
from bench.matrix import side
from tenants.binding import CATALOG, bound_to
from tenants.setting_up import prepare_catalog

LOOKUPS = 200_000
WARM = 3
WHO = ("oscar@bench.example", "Oscar")


def request_of(person: User) -> HttpRequest:
    """As the page gets it, at the operators' site: whoever is signed in has been read already."""
    request = RequestFactory().get("/roles/matrix/", headers={"host": settings.AMANA_OPERATOR_HOST})
    request.user = person
    request.tenant = None  # type: ignore[attr-defined]
    request.session = {}  # type: ignore[assignment]
    request.urlconf = settings.OPERATOR_URLCONF  # type: ignore[attr-defined]
    request.resolver_match = None
    request._messages = []  # type: ignore[attr-defined]
    return request


def page(request: HttpRequest, number: int) -> str:
    """All that the view does after its one query: build, filter, render with the shell around it. 0: an empty table."""
    columns = side.columns()
    made = matrix_of("tenant", columns, Asked(text="" if number else "nothing like it"))
    shown = {
        "asked": Asked(),
        "columns": columns,
        "matrix": made,
        "areas": areas_of("tenant"),
        "risks": [(name, label) for name, (_flag, label) in RISKS.items()],
    }
    return render_to_string("roles/matrix.html", shown, request)


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure_matrix(person: User, rounds: int) -> None:
    request = request_of(person)
    pairs = [
        (milliseconds(lambda: page(request, 1)), milliseconds(lambda: page(request, 0)))
        for _ in range(rounds + WARM)
    ]
    full, empty = (statistics.median(column) for column in zip(*pairs[WARM:], strict=True))
    html = page(request, 1).encode()
    cells = html.count(b"<td>")
    print(
        f"matrix of {len(codes('tenant'))} x {side.ROLES}: {cells} cells, {len(html) / 1024:.0f} KiB, "
        f"{len(gzip.compress(html)) / 1024:.0f} KiB packed"
    )
    print(f"  build and render    {full:7.1f} ms of server time   (must be at most 150)")
    print(f"  the same, empty     {empty:7.1f} ms   {full / empty:.1f} x")


def measure_check(person: User, rounds: int) -> None:
    """A check on a person whose rights are compiled, against the bare lookup in the set that it rests on."""
    rights: Rights = person.rights
    held, code = rights.everywhere, next(iter(rights.everywhere))
    has_perm, times = person.has_perm, range(LOOKUPS)

    def checked() -> None:
        for _ in times:
            has_perm(code)

    def looked_up() -> None:
        for _ in times:
            code in held  # noqa: B015

    with CaptureQueriesContext(connection) as queries:
        pairs = [(milliseconds(checked), milliseconds(looked_up)) for _ in range(rounds)]
    check, lookup = (statistics.median(column) / LOOKUPS * 1000 for column in zip(*pairs, strict=True))
    print(
        f"a check after the first {check:.3f} us, a bare lookup {lookup:.3f} us: {check - lookup:.3f} us more "
        f"(must be at most 0.2); {len(queries)} queries (must be none)"
    )


def measure_queries() -> None:
    with CaptureQueriesContext(connection) as queries:
        columns_of(in_order(Role.objects.all()))
    print(f"all roles with all that they hold: {len(queries)} queries")


@acting("system:bench")
def main(rounds: int) -> None:
    prepare_catalog()
    set_urlconf(settings.OPERATOR_URLCONF)
    call_command("collectstatic", interactive=False, verbosity=0)
    with bound_to(CATALOG):
        person = User.objects.invite(*WHO)
        role = Role.objects.get(code="super_admin")
        if not person.assignments.exists():
            grant(person, role, by=None)
        person = User.objects.active().with_rights_mark().get(pk=person.pk)
        measure_check(person, rounds)
        measure_queries()
        side.grow()
        measure_matrix(person, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
