"""The first administrator of an installation, and the way back in if all of them are locked out.

`python -m commands.administrator LOGIN [--name NAME]` opens an account with the role `administrator`; a login that
exists keeps its roles, is opened again, and gets that role and a new password. The password is made here and printed
once: change it after signing in (`PUT /api/v1/me/password`). Everybody else is let in through the API.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine
from sqlmodel import select

from api import field_problems
from config import settings
from domain.people import Role
from models.accounts import end_all_tokens, hash_password, set_password
from models.database import connect, writing
from models.import_rows import Login, Name
from models.tables import Account

_LOGIN: TypeAdapter[str] = TypeAdapter(Login)
_NAME: TypeAdapter[str] = TypeAdapter(Name)


def let_in(engine: Engine, login: str, name: str) -> str:
    """The new password. Raises ValueError if login or name could not be one."""
    password = secrets.token_urlsafe(18)
    login, name, made = _LOGIN.validate_python(login), _NAME.validate_python(name), hash_password(password)
    with writing(engine) as session:
        account = session.exec(select(Account).where(Account.login == login).with_for_update()).one_or_none()
        if account is None:
            account = Account(id=f"a_{secrets.token_hex(6)}", login=login, name=name, password_hash=made)
        else:
            end_all_tokens(session, account.id)
        set_password(account, made)
        account.active = True
        account.roles = [role.value for role in Role if role in account.roles or role is Role.ADMINISTRATOR]
        session.add(account)
    return password


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m commands.administrator", description=__doc__)
    parser.add_argument("login")
    parser.add_argument("--name", default="", help="of a new account; absent: the login")
    wanted = parser.parse_args(arguments)
    try:
        password = let_in(connect(settings().url), wanted.login, wanted.name or wanted.login)
    except ValidationError as problem:
        print(f"not a login or name: {field_problems.messages(problem.errors()[0])['en']}", file=sys.stderr)
        return 1
    print(f"{_LOGIN.validate_python(wanted.login)} signs in with the password {password}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
