"""What people are written, as text and as a page."""

import pytest

from accounts.letters.writing import written
from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant

ASKED: dict[str, str | int] = {"operator": "Oscar", "reason": "Orders <hang>", "minutes": 30}
LOST: dict[str, str | int] = {"owner": "Alice", "proof": "Letter <17>", "hours": 24}


@pytest.mark.parametrize(
    ("letter", "facts", "said"),
    [
        ("support-request", ASKED, ("Oscar of Amana asks to look at Acme", "Orders <hang>")),
        (
            "owner-recovery",
            LOST,
            ("Alice at Acme is to be let in again without a second factor", "Letter <17>"),
        ),
    ],
)
def test_a_letter_says_who_why_and_where_to_answer(
    acme: Tenant, alice: User, letter: str, facts: dict[str, str | int], said: tuple[str, str]
) -> None:
    subject, words = said
    with bound_to(acme):
        message = written(alice, letter, facts)

    assert message
    assert (message.subject, message.to) == (subject, ["alice@acme.example"])
    assert words in str(message.body)
    assert f"{acme.site_url}/support/" in str(message.body)
    page = str(message.alternatives[0][0])
    assert words.replace("<", "&lt;").replace(">", "&gt;") in page
    assert f'href="{acme.site_url}/support/"' in page
