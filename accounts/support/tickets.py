"""A ticket lets one operator come in once, within 60 seconds, at one tenant.

Its signature names the tenant, so that a ticket for Acme is nothing at Globex; of the ticket only a hash is kept.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext

from accounts.exceptions import SupportRefused

GOOD_FOR = timedelta(seconds=60)


def new_ticket(grant_id: UUID, tenant_id: UUID) -> str:
    return _signer(tenant_id).sign(f"{grant_id.hex}-{secrets.token_hex(16)}")


def grant_of(ticket: str, tenant_id: UUID) -> UUID:
    """Which visit it is for. Raises SupportRefused for one that is too old, or isn't this tenant's."""
    try:
        said = _signer(tenant_id).unsign(ticket, max_age=GOOD_FOR)
        return UUID(said.partition("-")[0])
    except (BadSignature, ValueError) as error:
        raise SupportRefused(gettext("This ticket is worth nothing here, or its minute is over.")) from error


def digest_of(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _signer(tenant_id: UUID) -> TimestampSigner:
    """With a key of the platform's, one a tenant: it signs bound to the catalog, and reads bound to the tenant."""
    return TimestampSigner(key=settings.SECRET_KEY.of_the_platform(f"support ticket {tenant_id}"), sep=".")
