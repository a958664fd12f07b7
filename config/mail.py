"""Which mail server takes our letters, as an address says it; embedded there is none, and they become files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

PORTS = {"smtps": 465, "smtp+tls": 587, "smtp": 25}
ENCRYPTED = ("smtps", "smtp+tls")
PATIENCE = 20  # seconds for a mail server to answer


@dataclass(frozen=True)
class MailServer:
    """`smtps` speaks TLS from the first byte, `smtp+tls` after STARTTLS, `smtp` not at all."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    def settings(self) -> dict[str, Any]:
        """As Django calls them."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": self.host,
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": self.user,
            "EMAIL_HOST_PASSWORD": self.password,
            "EMAIL_USE_SSL": self.scheme == "smtps",
            "EMAIL_USE_TLS": self.scheme == "smtp+tls",
            "EMAIL_TIMEOUT": PATIENCE,
        }


def mail_server(url: str) -> MailServer:
    """Raises ValueError for what is no address of a mail server."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it must look like smtp+tls://user:password@host:587")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)


def faults_of_mail(url: str) -> Iterator[str]:
    """Why production must not send through `url`, a sentence each; nothing where none is given."""
    if not url:
        return
    try:
        server = mail_server(url)
    except ValueError as fault:
        yield f"AMANA_SMTP_URL can't be read: {fault}"
        return
    if server.scheme not in ENCRYPTED:
        yield "AMANA_SMTP_URL sends letters unencrypted: begin it with smtps:// or smtp+tls://"
