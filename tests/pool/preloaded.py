"""The product as gunicorn preloads it, at its worst: the parent has connections idle, leased and in a transaction."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections, transaction

from config.wsgi import application as product
from tenants.binding import CATALOG, bind, bound_to
from tenants.models import Tenant
from tenants.pool import pool

StartResponse = Callable[..., Any]


def _open_everything() -> None:
    with bound_to(CATALOG):
        tenant = Tenant.objects.select_related("server").get(slug=os.environ["PRELOAD_TENANT"])
    with bound_to(tenant):
        connections[tenant.place.alias].ensure_connection()
        connections[tenant.place.alias].connection = None  # leased for good
    bind(CATALOG)
    transaction.atomic().__enter__()
    Tenant.objects.count()
    assert len(pool._leased) == 2


_open_everything()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The product's, saying which worker answered."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *rest)

    answer: Iterable[bytes] = product(environ, start)
    return answer
