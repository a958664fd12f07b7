"""What the activity log keeps of its own readers."""

from django.utils.translation import gettext_lazy as _

from audit.events import event

event("activity.exported", _("%(actor)s exported the activity log: %(number)s entries"))
