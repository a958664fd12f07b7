"""Accounts are of persons: what stands for several is refused in words (AZ-009)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.people.naming import validate_ones_own_address, validate_ones_own_name


@pytest.mark.parametrize(
    "address",
    [
        *("admin@acme.example", "info@acme.example", "sales@acme.example", "Sales.Team@acme.example"),
        *("support+2@acme.example", "it-helpdesk@acme.example", "test1@acme.example", "ADMIN@acme.example"),
        *("no-reply@acme.example", "warehouse_2@acme.example"),
    ],
)
def test_an_address_that_several_read_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="several people read"):
        validate_ones_own_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("bob@acme.example", "sales.smith@acme.example", "m.post@acme.example", "admina@acme.example"),
        *("wang.jing@info.example", "b@acme.example"),
    ],
)
def test_an_address_of_one_s_own_is_not(address: str) -> None:
    validate_ones_own_address(address)


@pytest.mark.parametrize(
    "name", ["Admin", "Sales team", "TEST 2", "support", "المدير", "管理员", "ＡＤＭＩＮ"]
)
def test_a_name_of_a_post_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="names a post or a team"):
        validate_ones_own_name(name)


@pytest.mark.parametrize("name", ["Adam Post", "Do", "نورة العتيبي", "王静", "Guest Smith", "Marcus Obi"])
def test_a_name_of_a_person_is_not(name: str) -> None:
    validate_ones_own_name(name)
