"""What is recorded of refused and failed requests: the page's pattern, never its address, which may hold a token."""

from django.utils.translation import gettext_lazy as _

from audit.events import event

event("requests.permission_denied", refused=_("%(actor)s may not do this: %(page)s"))
event("requests.form_unproved", refused=_("A form that %(actor)s sent didn't come from our page: %(page)s"))
event("requests.tenant_crossed", refused=_("%(page)s reached for another tenant's, for %(actor)s"))
event("requests.answered", failed=_("%(actor)s got no answer from %(page)s (%(error)s)"))
