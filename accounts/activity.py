"""What the activity log keeps of people: staff are named in it, that is what it is for."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

logged(
    "accounts_user",
    plain=("email", "name"),
    ignored={"last_login": "each sign-in is an event of its own"},
)
exempt("accounts_session", "Holds what a browser carries; signing in and out are events of their own.")

event("accounts.signed_in", _("%(name)s signed in"), refused=_("%(name)s was refused at sign-in"))
event("accounts.stranger_came", refused=_("Somebody unknown was refused at sign-in (%(address)s)"))
event("accounts.signed_out", _("%(name)s signed out"))
event("accounts.invited", _("%(name)s was invited"))
event("accounts.password_set", _("%(name)s has a new password"))
event(
    "accounts.link_used",
    _("%(name)s set a password by link"),
    refused=_("A link for %(name)s to set a password was refused"),
)
event("accounts.link_made_up", refused=_("A link to set a password was refused: nobody here may use it"))
