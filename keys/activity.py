"""What is recorded of keys: a tenant's own in its log, the rest in the platform's. Never a key, nor its values."""

from django.utils.translation import gettext_lazy as _

from audit.events import event

event("keys.data_key_rotated", _("The data key was rotated; version %(version)s encrypts now"))
event("keys.master_key_rotated", _("%(keys)s keys were wrapped anew under the master key “%(master)s”"))
event(
    "keys.key_shredded",
    _("The key of %(what)s was destroyed; its last copy ends on %(final_at)s"),
    refused=_("The key of %(what)s was not destroyed: it is needed"),
)
event("keys.escrow_made", _("The key store was copied to %(file)s"))
event("keys.escrow_ended", _("The copy %(file)s of the key store has ended"))
event(
    "keys.escrow_restored",
    _("The key store was filled from the copy %(file)s"),
    refused=_("The key store was not filled from the copy %(file)s"),
)
