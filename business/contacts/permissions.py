from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

RECORDS = Area(_("Records"), 10)
CONTACTS = "contacts_contact"

add_resource(
    Resource(
        code="contacts.contact",
        label=_("Contacts"),
        area=RECORDS,
        surfaces=("tenant",),
        actions=("view", "create", "update", "archive", "restore", "export", "view_pii", "history"),
        work=("view", "create", "update"),
        risks={"export": Risk.PII, "view_pii": Risk.PII},
        scopes={"own": lambda person, _id: Q(created_by=person.pk)},
        traces={
            "create": (Trace(action="insert", subject=CONTACTS),),
            "update": (Trace(action="update", subject=CONTACTS),),
            "export": (Trace(action="contacts.exported"),),
        },
    )
)
