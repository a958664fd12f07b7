"""What became of a visit, in the platform's own log: whoever acts now did it."""

from accounts.models import SupportGrant
from audit.recording import record
from console.models import BreakGlass

TABLE = BreakGlass._meta.db_table
State = SupportGrant.State


def tell(visit: BreakGlass) -> None:
    tenant = visit.tenant.slug
    if visit.state == State.APPROVED:
        record("console.break_glass_approved", subject=TABLE, object_id=visit.pk, tenant=tenant)
    elif visit.state == State.REFUSED:
        record("console.break_glass_declined", subject=TABLE, object_id=visit.pk, tenant=tenant)
    elif visit.state == State.OPEN:
        record("console.break_glass_opened", subject=TABLE, object_id=visit.pk, tenant=tenant)
    elif visit.state == State.ENDED:
        record("console.break_glass_ended", subject=TABLE, object_id=visit.pk, tenant=tenant)
