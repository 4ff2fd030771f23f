"""Somebody has to be the first to sign in, and nobody may be locked out for ever."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from commands.administrator import let_in, main
from domain.errors import Refusal
from domain.people import Role
from models.accounts import caller_of, sign_in
from models.database import reading, utc_now, writing
from models.tables import Account

HOUR = timedelta(hours=1)


def account(engine: Engine, login: str) -> Account:
    with reading(engine) as session:
        return session.exec(select(Account).where(Account.login == login)).one()


@pytest.fixture
def here(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The database that the command finds."""
    monkeypatch.setattr("commands.administrator.settings", lambda: SimpleNamespace(url=""))
    monkeypatch.setattr("commands.administrator.connect", lambda _: engine)
    return engine


def test_the_first_administrator_signs_in_with_the_password_that_was_printed(engine: Engine) -> None:
    password = let_in(engine, "root.zhao", "赵敏")
    token, _ = sign_in(engine, "root.zhao", password, HOUR)
    with reading(engine) as session:
        caller = caller_of(session, token)
    assert caller is not None
    assert (caller.name, caller.roles) == ("赵敏", (Role.ADMINISTRATOR,))


def test_a_locked_and_closed_account_comes_back_with_its_roles_and_loses_its_old_tokens(engine: Engine) -> None:
    old = let_in(engine, "root", "root")
    token, _ = sign_in(engine, "root", old, HOUR)
    with writing(engine) as session:
        found = session.exec(select(Account)).one()
        found.active, found.locked_until, found.roles = False, utc_now() + HOUR, [Role.HR.value]
        session.add(found)
    new = let_in(engine, "root", "somebody else")
    assert account(engine, "root").roles == [Role.HR, Role.ADMINISTRATOR]
    assert account(engine, "root").name == "root"
    sign_in(engine, "root", new, HOUR)
    with pytest.raises(Refusal):
        sign_in(engine, "root", old, HOUR)
    with reading(engine) as session:
        assert caller_of(session, token) is None


def test_the_password_is_printed_once_and_stored_nowhere(here: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["root"]) == 0
    password = capsys.readouterr().out.split()[-1]
    assert account(here, "root").password_hash.startswith("$argon2id$")
    assert password not in account(here, "root").password_hash
    sign_in(here, "root", password, HOUR)


def test_a_login_that_could_not_be_one_opens_nothing(here: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["two words"]) == 1
    assert "not a login" in capsys.readouterr().err
    with reading(here) as session:
        assert session.exec(select(Account)).all() == []


def test_a_login_is_one_however_it_is_written(here: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    let_in(here, "root.zhao", "赵敏")
    assert main(["ROOT.Zhao"]) == 0
    assert "root.zhao signs in" in capsys.readouterr().out
    with reading(here) as session:
        assert [found.login for found in session.exec(select(Account)).all()] == ["root.zhao"]
