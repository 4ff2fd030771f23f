"""A notification as an e-mail: text and HTML in the recipient's language and time zone. Names no customer."""

import hashlib
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.outbox import Letter
from models.wording import Reader, Told
from texts import language_or_default, moment, text

TEMPLATES = Path(__file__).parent / "templates" / "mail"
MAIL_POLICY = SMTP.clone(cte_type="7bit")
"""Refuses line breaks in headers; every mail server takes seven bits."""


def told(letter: Letter) -> Told:
    """What the letter says."""
    row = letter.row
    return letter.wording().tell(row.kind, tuple(row.subjects), reader(letter))


def reader(letter: Letter) -> Reader:
    """The person it goes to."""
    to = letter.to
    return Reader(to.id, language_or_default(to.language), to.time_zone)


def compose(letter: Letter, sender: str, public_url: str, now: datetime) -> EmailMessage:
    """The complete message. Raises ValueError if an address or a name could not stand in a header.

    Its Message-ID comes from the notification's key: sent twice after a crash, it is recognised as the same.
    """
    to, says = reader(letter), told(letter)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = sender
    message["To"] = address(letter.to.name, letter.to.email)
    message["Subject"] = _one_line(says.subject)
    message["Date"] = now
    message["Message-ID"] = message_id(letter.row.key, message["From"].addresses[0].domain)
    message["Auto-Submitted"] = "auto-generated"
    values = {
        "text": partial(text, language=to.language),
        "language": to.language,
        "name": letter.to.name,
        "told": says,
        "happened": moment(letter.row.at, to.language, to.time_zone),
        "url": f"{public_url.rstrip('/')}/cases/{letter.row.case_id}" if public_url and letter.view else "",
    }
    message.set_content(_templates().get_template("letter.txt.j2").render(values))
    message.add_alternative(_templates().get_template("letter.html.j2").render(values), subtype="html")
    message["Content-Language"] = to.language  # last: what is set before goes with the text alone
    return message


def message_id(key: str, domain: str) -> str:
    """Stable and opaque: the same for every attempt at one notification, and telling nothing of it."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def address(name: str, at: str) -> Address:
    """Who a letter goes to. Raises ValueError if that could not stand in a header."""
    try:
        return Address(display_name=_one_line(name), addr_spec=at)
    except (MessageError, ValueError, IndexError) as error:  # what is raised depends on the nonsense that was met
        raise ValueError("the account's e-mail address is not one") from error


def _one_line(words: str) -> str:
    return " ".join(words.split())


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
