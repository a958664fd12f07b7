"""A letter: in whose language, to whom, with what in it, and what becomes of it when the mail server is away."""

import smtplib
import socket
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.inviting import invite_owner, send_invitation
from accounts.letters.sending import send_letter
from accounts.letters.tasks import FIRST_BREAK, TRIES_AGAIN, deliver, is_for_good
from accounts.letters.writing import written
from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import CrossTenantError
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.support.post import posted


@pytest.fixture
def carol(acme: Tenant) -> User:
    with bound_to(acme):
        return invite_owner("carol@acme.example", "Carol O'Neill & Söhne")


def html_of(letter: mail.EmailMessage) -> str:
    assert isinstance(letter, EmailMultiAlternatives)
    [(page, kind)] = letter.alternatives
    assert kind == "text/html"
    return str(page)


def test_carol_is_written_to_as_text_and_as_html(acme: Tenant, carol: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        send_letter(carol, "invitation", hours=72)
    [letter] = letters
    assert letter.to == ["carol@acme.example"]
    assert letter.from_email == "Amana <no-reply@localhost>"
    assert letter.subject == "You are invited to Acme"
    assert "Hello Carol O'Neill & Söhne," in letter.body
    assert "Carol O&#x27;Neill &amp; Söhne" in html_of(letter)
    assert f"{acme.site_url}/set-password/" in letter.body
    assert f'href="{acme.site_url}/set-password/' in html_of(letter)
    assert letter.message()["Auto-Submitted"] == "auto-generated"


def test_nothing_is_sent_where_nothing_was_committed(acme: Tenant, carol: User) -> None:
    with posted(acme) as letters, bound_to(acme), transaction.atomic():
        send_letter(carol, "invitation", hours=72)
        transaction.set_rollback(True)
    assert letters == []


@pytest.mark.parametrize(
    ("own", "site", "language", "way"),
    [("ar", "en", "ar", "rtl"), ("", "zh-hans", "zh-hans", "ltr"), ("", "ar", "ar", "rtl")],
    ids=["her own", "her tenant's", "her tenant's, mirrored"],
)
def test_she_is_written_to_in(
    *,
    acme: Tenant,
    carol: User,
    monkeypatch: pytest.MonkeyPatch,
    own: str,
    site: str,
    language: str,
    way: str,
) -> None:
    monkeypatch.setattr(acme, "language", site)
    with posted(acme) as letters, bound_to(acme):
        User.objects.filter(pk=carol.pk).update(language=own)
        send_letter(carol, "invitation", hours=72)
    [letter] = letters
    assert letter.message()["Content-Language"] == language
    assert f'<html lang="{language}" dir="{way}">' in html_of(letter)


def test_an_operator_reads_english_and_is_led_to_the_operators_site(catalog: None, oscar: User) -> None:
    with posted(CATALOG) as letters, bound_to(CATALOG):
        send_letter(oscar, "password-changed")
    [letter] = letters
    assert letter.message()["Content-Language"] == "en"
    assert letter.subject == "Your password at Amana operators was changed"
    assert "http://operator.localhost:8000/forgot-password/" in letter.body


def test_no_link_and_no_address_is_in_the_message_to_the_worker(
    acme: Tenant, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(
        deliver, "apply_async", lambda *arguments, **options: sent.append((arguments, options))
    )
    with posted(acme), bound_to(acme):
        send_invitation(carol)
    assert str(carol.pk) in str(sent)
    assert "set-password" not in str(sent)
    assert "carol@" not in str(sent)


def test_a_person_of_globex_gets_no_letter_from_acme(acme: Tenant, globex: Tenant, mallory: User) -> None:
    with bound_to(acme), pytest.raises(CrossTenantError):
        send_letter(mallory, "password-changed")
    with posted(acme) as letters, bound_to(acme):
        deliver(str(mallory.pk), "password-changed", {})
    assert (letters, mail.outbox) == ([], [])


def test_who_is_gone_meanwhile_gets_none(acme: Tenant, carol: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        send_invitation(carol)
        User.objects.filter(pk=carol.pk).update(is_active=False)
    assert letters == []


def test_a_name_cant_add_a_line_to_the_head(
    acme: Tenant, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acme, "name", "Acme\nBcc: all@example.org")
    with bound_to(acme):
        letter = written(carol, "password-changed", {})
    assert letter is not None
    assert letter.recipients() == ["carol@acme.example"]
    assert letter.message()["Bcc"] is None
    assert "\n" not in letter.subject


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody listens there, and hangs up on everybody."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def through(port: int, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port  # type: ignore[attr-defined]


def test_a_letter_that_cant_be_sent_at_last_is_in_the_log(
    acme: Tenant, carol: User, settings: object, silent_port: int
) -> None:
    through(silent_port, settings)
    before = newest(acme)
    with posted(acme) as letters, bound_to(acme):
        send_invitation(carol)
    assert letters == []
    words = f"The letter “invitation” to {carol.name} couldn't be sent (ConnectionRefusedError)"
    assert lines(acme, before)[-1] == Line("accounts.letter", "failed", "test", words)


def test_it_is_tried_for_half_an_hour_ever_more_seldom() -> None:
    breaks = [FIRST_BREAK * 2**tried for tried in range(TRIES_AGAIN)]
    assert breaks == [30, 60, 120, 240, 480, 960]
    assert deliver.max_retries == TRIES_AGAIN


@pytest.mark.parametrize(
    ("trouble", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (451, b"later")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(421, b"busy"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ConnectionRefusedError(), False),
    ],
)
def test_only_what_the_mail_server_refuses_for_good_isnt_tried_again(
    trouble: OSError, for_good: bool
) -> None:
    assert is_for_good(trouble) is for_good


def test_while_the_broker_is_away_the_work_goes_on_and_the_log_tells_of_the_letter(
    acme: Tenant, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(deliver, "apply_async", away)
    before = newest(acme)
    with posted(acme), bound_to(acme):
        send_invitation(carol)
    assert lines(acme, before)[-1].sentence.endswith("couldn't be sent (OperationalError)")


def test_a_letter_that_nobody_wrote_is_a_fault_and_in_the_log(acme: Tenant, carol: User) -> None:
    before = newest(acme)
    with bound_to(acme), pytest.raises(Exception, match=r"letters/nonsense\.txt"):
        deliver(str(carol.pk), "nonsense", {})
    assert lines(acme, before)[-1].sentence.endswith("couldn't be sent (TemplateDoesNotExist)")
