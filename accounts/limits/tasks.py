"""What a worker is asked for: a letter to whoever was locked out."""

from celery import shared_task
from django.conf import settings

from accounts.letters.sending import send_letter
from accounts.limits.counting import take
from accounts.models import User
from tenants.celery import TenantTask


@shared_task(base=TenantTask)
def tell_who_is_locked_out(person_id: str) -> None:
    """A letter, at most one an hour. Asked for strangers, too: no answer takes longer because somebody is there."""
    person = User.objects.active().filter(pk=person_id).first() if person_id else None
    if person and not take("locked-out-letter", "person", person_id).wait:
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        send_letter(person, "locked-out", minutes=minutes)
