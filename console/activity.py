"""What the platform's log keeps of what operators ask for."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import logged
from audit.events import event

logged(
    "console_breakglass",
    plain=("reason", "state", "ended_by"),
    ignored=dict.fromkeys(
        ("ticket_digest", "ticket_until", "second_may_approve", "delivered_at"),
        "each ticket is an event of its own; the rest is a copy of what the tenant's log holds",
    ),
)

event("console.break_glass_asked", _("%(actor)s asked to come in at %(tenant)s for %(minutes)s minutes"))
event("console.break_glass_seconded", _("%(actor)s, a second operator, agreed to a visit at %(tenant)s"))
event("console.break_glass_withdrawn", _("%(actor)s ended a visit at %(tenant)s, or asks for it no more"))
event("console.break_glass_ticket", _("%(actor)s got a ticket for a visit at %(tenant)s"))
event("console.break_glass_approved", _("%(tenant)s allowed a visit"))
event("console.break_glass_declined", _("%(tenant)s refused a visit"))
event("console.break_glass_opened", _("A visit at %(tenant)s began"))
event("console.break_glass_ended", _("A visit at %(tenant)s ended"))

logged("console_ownerrecovery", plain=("email", "proof", "state", "objection"))

event("console.recovery_asked", _("%(actor)s asked to let the owner of %(tenant)s in again"))
event("console.recovery_approved", _("%(actor)s agreed to let the owner of %(tenant)s in again"))
event("console.recovery_refused", _("Letting the owner of %(tenant)s in again isn't possible"))
event("console.recovery_cancelled", _("%(actor)s said no to letting the owner of %(tenant)s in again"))
event("console.recovery_done", _("The owner of %(tenant)s was let in again"))
