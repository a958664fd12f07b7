"""A task says for whom it runs and who acts, signed: nothing of it can be changed on the way."""

import hashlib
import hmac
import json
from typing import Any, cast

from django.apps import apps
from django.conf import settings

from tenants.attribution import attribution
from tenants.binding import CATALOG, Bindable, bound_place, bound_to
from tenants.exceptions import ForgedEnvelope, TenantUnavailable

HEADER = "amana_envelope"
SIGNED = ("alias", "tenant", "actor")


def seal(task: str, task_id: str, body: Any) -> dict[str, Any]:
    """The envelope of a task that is sent now, for the place bound now. Raises NoTenantBound.

    `body` is all that decides what will be done: arguments, and what is sent once the task is over.
    """
    place = bound_place()
    tenant = str(place.tenant_id or "")
    envelope = {"alias": place.alias, "tenant": tenant, "actor": attribution().packed()}
    return {**envelope, "signature": _signature(envelope, task, task_id, body)}


def open_envelope(envelope: Any, task: str, task_id: str, body: Any) -> Bindable:
    """For whom the task may run: the catalog's place, or the tenant as the catalog knows it now.

    Raises ForgedEnvelope for anything that wasn't sealed for exactly this task, and TenantUnavailable for a
    tenant that is not being served; must be called unbound.
    """
    if not isinstance(envelope, dict) or not {*SIGNED, "signature"} <= envelope.keys():
        raise ForgedEnvelope(f"{task} came without an envelope.")
    named = {name: envelope[name] for name in SIGNED}
    if not hmac.compare_digest(_signature(named, task, task_id, body), str(envelope["signature"])):
        raise ForgedEnvelope(f"The envelope of {task} is not its own.")
    if named["alias"] == CATALOG.alias:
        return CATALOG
    return _tenant(named["alias"])


def _tenant(alias: str) -> Bindable:
    with bound_to(CATALOG):
        tenant = (
            apps.get_model("tenants", "Tenant")
            .objects.select_related("server")
            .filter(schema_name=alias)
            .first()
        )
    if tenant is None or not tenant.is_served:
        raise TenantUnavailable(f"The tenant of {alias} is not being served: the task does not run.")
    return cast(Bindable, tenant)


def _signature(envelope: dict[str, Any], task: str, task_id: str, body: Any) -> str:
    content = json.dumps([envelope, task, task_id, body], sort_keys=True, default=str)
    key = settings.SECRET_KEY.of_the_platform("task envelopes")
    return hmac.new(key.encode(), content.encode(), hashlib.sha256).hexdigest()
