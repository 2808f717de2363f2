"""Hand a finished message to a mail server, or to a folder where there is none."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from models import MailMessage
from virtual_return.config import Settings, SettingsError

TIMEOUT_S = 20


class MailRefused(Exception):
    """The server said no for good: trying again will not help."""


class Transport(Protocol):
    """Takes a message or raises; MailRefused means for good, any OSError means try again."""

    def deliver(self, message: EmailMessage) -> None:
        """Hand over one message."""


class SmtpTransport:
    """An SMTP server from `smtp://user:password@host:587` or `smtps://…`."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    def deliver(self, message: EmailMessage) -> None:
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise MailRefused(f"Recipient refused with {codes[0]}.") from error
            raise

    def _connect(self) -> smtplib.SMTP:
        parts = self._parts
        host = parts.hostname or "localhost"
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


class FolderTransport:
    """Writes each message to a file: what a fresh clone uses, so that mail can be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        (self._folder / f"{name}.eml").write_bytes(message.as_bytes())


def make_transport(settings: Settings) -> Transport:
    """Choose the transport that the settings name."""
    if not settings.mail_url:
        return FolderTransport(settings.data_dir / "mail")
    if not settings.mail_url.startswith(("smtp://", "smtps://")):
        raise SettingsError("MAIL_URL must begin with smtp:// or smtps://.")
    return SmtpTransport(settings.mail_url)


def to_email(row: MailMessage, sender: str) -> EmailMessage:
    """Return the message of a row, the same in each attempt."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Message-ID"] = row.message_id
    message["Date"] = formatdate(row.created_at.timestamp())
    message["Auto-Submitted"] = "auto-generated"
    for name, value in row.headers.items():
        message[name] = str(value)
    message.set_content(row.body_text)
    if row.body_html:
        message.add_alternative(row.body_html, subtype="html")
    return message
