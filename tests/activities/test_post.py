"""A letter that nobody can wait for leaves at once: to the mail server, or in a demo into a folder."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from activities.post import NoServer, can_send, send_now
from tests import builders
from tests.activities.mailbox import Mailbox, free_port, mail_server


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "wanbi@localhost", "lin@example.com", "a code"
    made["Message-ID"] = "<abc@localhost>"
    made.set_content("042137")
    return made


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({"environment": "demo"}, True),
        ({"environment": "test"}, False),
        ({"environment": "test", "smtp_host": "mail"}, True),
    ],
)
def test_letters_leave_by_a_mail_server_or_in_a_demo(tmp_path: Path, changes: dict[str, Any], possible: bool) -> None:
    assert can_send(builders.settings(tmp_path, **changes)) is possible


def test_a_demo_without_a_mail_server_leaves_letters_where_their_owner_finds_them(tmp_path: Path) -> None:
    for _ in range(2):
        send_now(letter(), builders.settings(tmp_path, environment="demo"))
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "abc@localhost.eml"
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "lin@example.com"


def test_with_a_mail_server_a_demo_uses_it(tmp_path: Path) -> None:
    with mail_server(Mailbox()) as box:
        there = {"environment": "demo", "smtp_host": "127.0.0.1", "smtp_port": box.port}
        send_now(letter(), builders.settings(tmp_path, **there))
    assert box.subjects() == ["a code"]
    assert not (tmp_path / "mail").exists()


def test_a_server_that_is_away_or_refuses_is_told_to_whoever_sends(tmp_path: Path) -> None:
    with pytest.raises(NoServer):
        send_now(letter(), builders.settings(tmp_path, smtp_host="127.0.0.1", smtp_port=free_port()))
    with mail_server(Mailbox(otherwise="550 no")) as box, pytest.raises(OSError, match="550"):
        send_now(letter(), builders.settings(tmp_path, smtp_host="127.0.0.1", smtp_port=box.port))
