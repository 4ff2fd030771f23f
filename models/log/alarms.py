"""When the log is found broken, everybody who could have to act hears of it, once for each thing that is said."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from domain.change import Notification
from domain.people import Role
from models.database import writing
from models.log.integration import hold
from models.log.tables import LogAlarm
from models.projection import tell
from models.tables import Account

KIND = "log_broken"
NO_CASE = ""
"""What a message that belongs to no case names instead."""
_TOLD = (Role.ADMINISTRATOR.value, Role.AUDITOR.value)


def raise_alarm(engine: Engine, problems: Sequence[str], now: datetime) -> None:
    """Keeps what was found, and tells administrators and auditors; what was found before is told no second time."""
    with writing(engine) as session:
        hold(session)
        everybody = session.exec(select(Account).where(col(Account.active)).order_by(Account.id)).all()
        told = tuple(account.id for account in everybody if any(role in account.roles for role in _TOLD))
        for problem in problems:
            name = hashlib.sha256(problem.encode()).hexdigest()
            if session.get(LogAlarm, name) is None:
                session.add(LogAlarm(id=name, at=now, problem=problem))
                tell(session, NO_CASE, 0, (Notification(KIND, told, (problem,)),), now)
