"""What the activity log keeps of people: staff are named in it, that is what it is for."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

logged(
    "accounts_user",
    plain=("email", "name"),
    ignored={
        "last_login": "each sign-in is an event of its own",
        "password_set_at": "follows the password, whose change is logged",
    },
)
exempt("accounts_session", "Holds what a browser carries; signing in and out are events of their own.")

logged(
    "accounts_role", plain=("code", "name", "purpose"), ignored={"offered": "which permissions there were"}
)
logged("accounts_assignment", plain=("scope", "scope_id", "reason", "end_reason"))
logged(
    "accounts_securitypolicy", plain=("preset",), ignored={"rights_mark": "follows changes that are logged"}
)
logged("accounts_review", plain=("name", "state"))
logged("accounts_reviewitem", plain=("person_name", "role_name", "decision", "reason"))
logged("accounts_supportgrant", plain=("operator_name", "reason", "state", "ended_by"))
logged(
    "accounts_totpdevice",
    plain=("name",),
    masked=("key",),
    ignored=dict.fromkeys(
        ("last_step", "failures", "failed_at", "last_used_at", "drift"),
        "counts codes, which are events of their own",
    ),
)
logged("accounts_recoverycode")
exempt("accounts_formerpassword", "Follows a change of accounts_user.password, which is logged.")
exempt("accounts_knownbrowser", "Holds what a browser carries; signing in is an event of its own.")

event("accounts.role_granted", _("%(name)s was given the role %(role)s"))
event("accounts.role_ended", _("%(name)s no longer has the role %(role)s"))
event("accounts.role_changed", _("The role %(role)s: permissions added %(added)s, removed %(removed)s"))
event("accounts.role_created", _("The role %(role)s was made, with permissions: %(permissions)s"))
event("accounts.role_deleted", _("The role %(role)s was deleted"))
event("accounts.roles_exported", _("The permissions of roles were exported (roles: %(number)s)"))
event("accounts.review_started", _("%(actor)s started an access review (assignments: %(number)s)"))
event("accounts.review_completed", _("%(actor)s completed an access review (decisions: %(number)s)"))
event("accounts.review_cancelled", _("%(actor)s cancelled an access review"))
event("accounts.review_exported", _("%(actor)s exported the evidence of an access review"))
event("accounts.signed_in", _("%(name)s signed in"), refused=_("%(name)s was refused at sign-in"))
event("accounts.stranger_came", refused=_("Somebody unknown was refused at sign-in (%(address)s)"))
event("accounts.signed_out", _("%(name)s signed out"))
event("accounts.invited", _("%(name)s was invited"))
event("accounts.invited_again", _("%(name)s was sent another invitation"))
event("accounts.invitation_withdrawn", _("The invitation of %(name)s was withdrawn"))
event(
    "accounts.letter",
    failed=_("The letter “%(letter)s” to %(name)s couldn't be sent (%(error)s)"),
)
event(
    "accounts.reset_asked",
    _("%(name)s was sent a link for a new password"),
    refused=_("A new password was asked for %(name)s, who can't have one by letter"),
)
event("accounts.stranger_forgot", refused=_("Somebody unknown forgot a password (%(address)s)"))
event(
    "accounts.password_changed",
    _("%(name)s changed their password"),
    refused=_("%(name)s was refused a new password: the present one was wrong"),
)
event("accounts.password_expired", refused=_("%(name)s has to set a new password before going on"))
event("accounts.password_demanded", _("%(name)s has to set a new password: an administrator asked for it"))
event("accounts.password_set", _("%(name)s has a new password"))
event(
    "accounts.link_used",
    _("%(name)s set a password by link"),
    refused=_("A link for %(name)s to set a password was refused"),
)
event("accounts.link_made_up", refused=_("A link to set a password was refused: nobody here may use it"))
