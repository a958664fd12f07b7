"""What the activity log keeps of policy reports: that they were cleared away, and by whom."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt
from audit.events import event

exempt("interface_policyviolation", "Counts what strangers' browsers say; it is no change of the system.")

event("interface.policy_reports_forgotten", _("%(actor)s forgot what browsers refused (rows: %(number)s)"))
