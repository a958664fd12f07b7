"""Pages of ours name people by their names, and whoever isn't one of us by what is known of them."""

import pytest
from django.test import Client

from accounts.models import User
from backups.models import Restore
from backups.persons import shown_name
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.rows import copy_row, drill_row


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("operator:Oscar@amana.example", "Oscar"),
        ("operator:gone@amana.example", "gone@amana.example"),
        ("user:alice@acme.example", "alice@acme.example, of the customer's people"),
        ("command:root", "root, at a shell"),
        ("root", "root"),
    ],
)
def test_each_is_named_as_far_as_we_know_them(oscar: User, by: str, shown: str) -> None:
    with bound_to(CATALOG):
        assert shown_name(by) == shown.replace("Oscar", oscar.name)


def test_no_page_of_copies_drills_and_restores_names_an_account(
    acme: Tenant, oscar: User, oscar_client: Client
) -> None:
    by = f"operator:{oscar.email}"
    copy = copy_row(acme, requested_by=by)
    drill = drill_row(copy, is_scheduled=False, requested_by=by, signed_off_by=by, signed_off_at=copy.due)
    with bound_to(CATALOG):
        restore = Restore.objects.create(
            tenant=acme, backup=copy, purpose="legal", reason="Case 7", requested_by=by, decided_by=by,
            decided_at=copy.due,
        )  # fmt: skip
    for page in (f"/backups/copies/{copy.pk}/", f"/drills/{drill.pk}/", f"/restores/{restore.pk}/"):
        shown = oscar_client.get(page).content.decode()
        assert f"by <bdi>{oscar.name}</bdi>" in shown, page
        assert by not in shown, page


def test_a_form_of_a_restore_leads_back_to_its_copy(acme: Tenant, oscar_client: Client) -> None:
    copy = copy_row(acme)
    page = oscar_client.get(f"/restores/new/{copy.pk}/")
    assert page.context["above"] == [
        ("Backups", "/backups/"),
        ("Acme", f"/backups/tenants/{acme.pk}/"),
        (f"Copy of {copy.name}", f"/backups/copies/{copy.pk}/"),
    ]
