"""The demo tenants' contacts, from `demo_contacts/<slug>.json`: companies, their people, and people of no company.

Phone numbers are ones that nobody can have: Ofcom's numbers for drama, 555-01xx, and prefixes that no operator
was given. E-mail addresses end in .example (RFC 2606).
"""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from business.contacts.models import Contact

FILES = Path(__file__).parent / "demo_contacts"


@transaction.atomic
def create_contacts(slug: str, owner: User) -> int:
    """How many were added to the bound database: all, or none where there are contacts already."""
    if Contact.objects.exists():
        return 0
    for entry in json.loads((FILES / f"{slug}.json").read_text(encoding="utf-8")):
        people = entry.pop("people", [])
        company = _add(owner, **entry)
        for person in people:
            _add(owner, company=company, **{**_shared(entry), **person})
    return Contact.objects.count()


def _add(owner: User, *, archived: bool = False, **fields: Any) -> Contact:
    contact = Contact(**fields)
    contact.full_clean()
    contact.create(by=owner)
    if archived:
        contact.archive(by=owner)
    return contact


def _shared(company: dict[str, Any]) -> dict[str, Any]:
    """What a person's card takes over from the company's."""
    return {name: company[name] for name in ("city", "country", "language") if name in company}
