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
exempt("accounts_reviewnotice", "Says that letters were sent, which is an event of its own.")
logged("accounts_ownerrecovery", plain=("proof", "asked_by", "approved_by", "state", "ended_by"))
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
exempt("accounts_counted", "Counts requests by hashes; the first that is refused is an event of its own.")
for table in ("accessattempt", "accessattemptexpiration", "accesslog", "accessfailurelog"):
    exempt(f"axes_{table}", "Counts failed sign-ins, which are events of their own; or stays empty.")

event("accounts.role_granted", _("%(name)s was given the role %(role)s"))
event("accounts.role_ended", _("%(name)s no longer has the role %(role)s"))
event("accounts.role_changed", _("The role %(role)s: permissions added %(added)s, removed %(removed)s"))
event("accounts.role_created", _("The role %(role)s was made, with permissions: %(permissions)s"))
event("accounts.role_deleted", _("The role %(role)s was deleted"))
event("accounts.roles_exported", _("The permissions of roles were exported (roles: %(number)s)"))
event("accounts.review_started", _("%(actor)s started an access review (assignments: %(number)s)"))
event("accounts.review_completed", _("%(actor)s completed an access review (decisions: %(number)s)"))
event("accounts.review_cancelled", _("%(actor)s cancelled an access review"))
event("accounts.reviewers_told", _("Reviewers were told by letter of an access review (people: %(number)s)"))
event("accounts.review_exported", _("%(actor)s exported the evidence of an access review"))
event("accounts.signed_in", _("%(name)s signed in"), refused=_("%(name)s was refused at sign-in"))
event("accounts.password_proven", _("%(name)s gave the right password and was asked for the second factor"))
event(
    "accounts.factor_given",
    _("%(name)s gave the second factor"),
    refused=_("%(name)s was refused: the code wasn't right"),
)
event("accounts.factor_closed", refused=_("%(name)s was asked to wait after too many wrong codes"))
event("accounts.factor_set_up", _("%(name)s has a new second factor"))
event("accounts.factor_removed", _("%(name)s has no second factor any more"))
event("accounts.factor_reset", _("The second factor of %(name)s was reset"))
event("accounts.recovery_codes_made", _("%(name)s has ten new recovery codes"))
event(
    "accounts.recovery_code_used",
    _("%(name)s used a recovery code; left are %(number)s"),
    refused=_("%(name)s was refused: the recovery code wasn't right"),
)
event("accounts.stranger_came", refused=_("Somebody unknown was refused at sign-in (%(address)s)"))
event("accounts.locked_out", refused=_("%(name)s is locked out for a while after too many failed sign-ins"))
event(
    "accounts.stranger_locked_out",
    refused=_("Somebody unknown is locked out for a while after too many failed sign-ins (%(address)s)"),
)
event("accounts.unlocked", _("%(name)s was unlocked and may sign in again"))
event("accounts.limited", refused=_("Requests were paused, for there were too many of them: %(limit)s"))
event("accounts.signed_out", _("%(name)s signed out"))
event("accounts.session_ended", _("A session of %(name)s ended: %(why)s"))
event("accounts.session_revoked", _("%(name)s was signed out of a browser: %(browser)s"))
event("accounts.sessions_revoked", _("%(name)s was signed out of other browsers; how many: %(number)s"))
event("accounts.screen_locked", _("The screen of %(name)s was locked"))
event(
    "accounts.screen_unlocked",
    _("%(name)s unlocked the screen"),
    refused=_("A wrong answer was given at the locked screen of %(name)s"),
)
event(
    "accounts.identity_confirmed",
    _("%(name)s confirmed again that it is them"),
    refused=_("A wrong answer was given when %(name)s was asked to confirm that it is them"),
)
event("accounts.browser_new", _("%(name)s came with a new browser: %(browser)s"))
event(
    "accounts.sign_in_disowned",
    _("%(name)s said that a sign-in wasn't theirs; signed out everywhere"),
    refused=_("A link that says that a sign-in wasn't theirs was refused"),
)
event("accounts.support_asked", _("%(name)s of Amana asked to come in for %(minutes)s minutes"))
event("accounts.support_approved", _("%(name)s of Amana may come in"))
event("accounts.support_declined", _("%(name)s of Amana may not come in"))
event(
    "accounts.guest_came",
    _("%(name)s of Amana came in as a guest"),
    refused=_("Somebody with a ticket that is worth nothing wasn't let in as a guest"),
)
event("accounts.guest_looked", _("%(name)s of Amana, a guest, looked at %(page)s"))
event("accounts.guest_left", _("The visit of %(name)s of Amana ended"))
event(
    "accounts.recovery_announced",
    _("Amana was asked to let the owner %(name)s in again, and has told everybody"),
)
event("accounts.recovery_cancelled", _("%(name)s isn't let in again by Amana: somebody said no"))
event("accounts.recovery_done", _("The owner %(name)s was let in again by Amana, without the second factor"))
event("accounts.invited", _("%(name)s was invited"))
event("accounts.looked_up", _("%(actor)s asked who %(name)s is"))
event("accounts.request_looked_up", _("%(actor)s asked who made a request"))
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
event("accounts.password_demanded", _("The password of %(name)s was reset: a link for a new one was sent"))
event("accounts.deactivated", _("%(name)s was deactivated"))
event("accounts.reactivated", _("%(name)s was let in again"))
event("accounts.renamed", _("%(former)s is now called %(name)s"))
event("accounts.policy_changed", _("%(actor)s changed the security settings: %(changes)s"))
event("accounts.people_exported", _("%(actor)s exported people: %(number)s of them"))
event("accounts.password_set", _("%(name)s has a new password"))
event(
    "accounts.link_used",
    _("%(name)s set a password by link"),
    refused=_("A link for %(name)s to set a password was refused"),
)
event("accounts.link_made_up", refused=_("A link to set a password was refused: nobody here may use it"))
