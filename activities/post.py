"""How a letter leaves: over SMTP, or, in a demo without a mail server, into a folder where it can be found."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile

from config import Settings

SMTP_TIMEOUT = 20.0
MAIL_FOLDER = "mail"
"""In the data folder."""


class NoServer(OSError):
    """The mail server can't be reached or does not let us in: trying another letter would not help."""


def can_send(settings: Settings) -> bool:
    """True if a letter that is sent now reaches anybody."""
    return bool(settings.smtp_host) or settings.environment == "demo"


def send_now(message: EmailMessage, settings: Settings) -> None:
    """Sends one letter that nobody can wait for; blocks. Raises NoServer or OSError if it could not be handed over."""
    if not settings.smtp_host:
        _leave(message, settings.data / MAIL_FOLDER)
        return
    with Postman(settings, ssl.create_default_context()) as postman:
        postman.send(message)


def _leave(message: EmailMessage, folder: Path) -> None:
    """As a file named by its Message-ID, for its owner alone; it is there only when it is complete."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as draft:
        draft.write(message.as_bytes())
    Path(draft.name).rename(folder / f"{message['Message-ID'].strip('<>')}.eml")


class Postman:
    """One SMTP session, opened for the first letter and anew after anything that went wrong."""

    def __init__(self, settings: Settings, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._tls = tls
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> "Postman":
        return self

    def __exit__(self, *_: object) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.quit()

    def send(self, message: EmailMessage) -> None:
        """Returns when the server has taken the message over. Raises NoServer or OSError."""
        server = self._server or self._open()
        try:
            server.send_message(message)
        except BaseException:
            self._hang_up()
            raise

    def _open(self) -> smtplib.SMTP:
        config = self._settings
        try:
            self._server = server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=SMTP_TIMEOUT)
            if config.smtp_starttls:
                server.starttls(context=self._tls)
            if config.smtp_user:
                server.login(config.smtp_user, config.smtp_password.get_secret_value())
        except OSError as error:  # smtplib's exceptions are OSErrors
            self._hang_up()
            raise NoServer(problem_of(error)) from error
        return server

    def _hang_up(self) -> None:
        """Without a word: a server that does not answer would not answer a farewell either."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


def problem_of(error: BaseException) -> str:
    """What went wrong, in a line; of a refused recipient only what the server said, not the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"{code} {_text(said)}"[:200]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"[:200]
    if isinstance(error, NoServer):
        return str(error)
    return f"{type(error).__name__}: {error}"[:200]


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
