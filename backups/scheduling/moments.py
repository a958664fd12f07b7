"""When a tenant's copy of a tier is due: the window's opening and a delay of its own, always the same one.

The delay is drawn from SHA-256 of the tenant's id and the tier, so that ten thousand tenants fill the window evenly; a
weekly copy's day is drawn likewise. Moments are a fixed step apart in UTC, counted from a Monday.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import LiteralString
from uuid import UUID

from backups.models import Policy, Tier

STEPS = {Tier.DAILY: timedelta(days=1), Tier.WEEKLY: timedelta(days=7)}
MONDAY = datetime.fromisoformat("2001-01-01T00:00:00+00:00")
NOBODY = "catalog"


def last_due(policy: Policy, tenant_id: UUID | None, now: datetime) -> datetime:
    """The latest due moment that isn't after `now`."""
    first = MONDAY + _offset(policy, tenant_id)
    step = STEPS[Tier(policy.tier)]
    return first + (now - first) // step * step


def next_due(policy: Policy, tenant_id: UUID | None, now: datetime) -> datetime:
    return last_due(policy, tenant_id, now) + STEPS[Tier(policy.tier)]


def _offset(policy: Policy, tenant_id: UUID | None) -> timedelta:
    digest = sha256(f"{tenant_id or NOBODY} {policy.tier}".encode()).digest()
    seconds = int.from_bytes(digest[:4]) % (policy.window_minutes * 60)
    days = int.from_bytes(digest[4:8]) % 7 if policy.tier == Tier.WEEKLY else 0
    opens = policy.window_opens
    return timedelta(days=days, hours=opens.hour, minutes=opens.minute, seconds=opens.second + seconds)


# The same for everybody at once: for each tenant and the catalog, and each scheduled tier, the last due moment that
# nothing was planned for, nor for a later one. A weekly copy's first moment is one after the tenant was created; the
# daily one's is at once.
UNPLANNED: LiteralString = """
    WITH policy AS (
        SELECT tier, window_opens, window_minutes * 60 AS seconds,
               CASE tier WHEN 'weekly' THEN interval '7 days' ELSE interval '1 day' END AS step
        FROM backups_policy WHERE tier IN ('daily', 'weekly')
    ), whose AS (
        SELECT id, id::text AS name, created_at, policy.*,
               (SELECT max(due) FROM backups_backup AS copy
                WHERE copy.tenant_id = tenants_tenant.id AND copy.tier = policy.tier AND due <= %(now)s) AS planned
        FROM tenants_tenant, policy WHERE state = ANY(%(states)s)
        UNION ALL
        SELECT NULL, 'catalog', '-infinity', policy.*,
               (SELECT max(due) FROM backups_backup AS copy
                WHERE copy.tenant_id IS NULL AND copy.tier = policy.tier AND due <= %(now)s)
        FROM policy
    ), drawn AS (
        SELECT whose.*, encode(sha256(convert_to(name || ' ' || tier, 'UTF8')), 'hex') AS digest FROM whose
    ), slot AS (
        SELECT id, tier, created_at, planned, date_bin(step, %(now)s,
            timestamptz '2001-01-01 00:00:00+00' + window_opens::interval
            + mod(('x' || substr(digest, 1, 8))::bit(32)::bigint, seconds) * interval '1 second'
            + CASE tier WHEN 'weekly' THEN mod(('x' || substr(digest, 9, 8))::bit(32)::bigint, 7) ELSE 0 END
            * interval '1 day') AS due
        FROM drawn
    )
    SELECT id, tier, due FROM slot
    WHERE (planned IS NULL OR planned < due) AND (tier = 'daily' OR created_at <= due)
"""
