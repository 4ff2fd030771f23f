"""What the sample company has been counting: commission agreed and paid, who looked at what, figures week by week."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from commands.life import Life
from domain.desk.access import Action
from domain.desk.commission import EntryKind, LedgerStatus
from domain.desk.records import RecordKind
from domain.law.freeze import BasisKind
from domain.law.order_lines import Condition
from domain.people import Role
from domain.timezones import at_local
from models.accounts import Caller
from models.desk import commission, commission_agreements, commission_entries
from models.desk.commission_bodies import MOST_ENTRIES, NewAgreement, NewEntries, NewEntry
from models.desk.figures import zone
from models.desk.transactions import AT_WORK, Seen, note_read
from models.desk.weekly import put_week, week_of
from models.tables import Account, Employee

CONTESTED = {"kind": EntryKind.CONTESTED, "amount": None, "reference": "林晓来信：回款条件未约定"}
WEEKS, DAYS_OF_READING, UNUSUAL_DAYS_AGO = 26, 60, 9
SATURDAY = 5
RATE, PAID_AFTER = Decimal("0.02"), timedelta(days=75)
AGREED_BEFORE = timedelta(days=270)
"""The policy is as old as the oldest receivable on file."""


def load(session: Session, story: Life, by: str, now: datetime) -> None:
    """Everything, in the caller's transaction. Raises Refusal if it does not fit."""
    _agree(session, story, by)
    _pay(session, story.star, by, now)
    _read(session, story)
    for weeks in range(WEEKS, 0, -1):
        put_week(session, week_of(story.today) - timedelta(weeks=weeks))


def _agree(session: Session, story: Life, by: str) -> None:
    """For everybody by policy; the star's contract says what becomes of orders that a successor finishes."""
    since = story.today - AGREED_BEFORE
    same = {"in_force_from": since, "condition": Condition.COLLECTION, "rate": RATE}
    policy = NewAgreement(
        kind=BasisKind.POLICY,
        reference="销售提成管理办法",
        procedure=f"职工代表大会会议纪要 {since.isoformat()}",
        publication="员工手册附件三，全员签收",
        **same,
    )
    contract = NewAgreement(
        kind=BasisKind.CONTRACT,
        employee_number=story.star,
        reference=f"劳动合同（{story.star}）附件二 提成",
        successor_share=Decimal("0.5"),
        allows_deduction=True,
        **same,
    )
    author = _caller(session.get_one(Account, by))
    for agreed in (policy, contract):
        commission_agreements.agree(session, agreed, author, at_local(since, time(9), zone()))


def _pay(session: Session, star: str, by: str, now: datetime) -> None:
    """What the star earned with older orders was paid with the wages; the last one of it is contested."""
    person = session.exec(select(Employee).where(Employee.number == star)).one()
    entries = [
        NewEntry(
            line=f"{line.sold.order}:{line.sold.position}",
            kind=EntryKind.PAID,
            amount=line.stands.payable_now.amount,
            on=(line.placed_at + PAID_AFTER).date(),
            reference=f"工资条 {line.placed_at + PAID_AFTER:%Y-%m}",
        )
        for line in commission.lines(session, person.id)
        if line.status is LedgerStatus.EARNED and line.stands and line.placed_at < now - PAID_AFTER
    ]
    if entries:
        entries[0] = entries[0].model_copy(update=CONTESTED)
    for begin in range(0, len(entries), MOST_ENTRIES):
        commission_entries.enter(session, person, NewEntries(entries=tuple(entries[begin : begin + MOST_ENTRIES])), by)


def _read(session: Session, story: Life) -> None:
    """On working days everybody looks at some of their customers; one evening the star looks at all of hers."""
    numbers = [seller.number for seller in story.sellers]
    query = (
        select(Account, Employee.number)
        .join(Employee, col(Employee.id) == col(Account.employee_id))
        .where(col(Employee.number).in_(numbers))
        .order_by(col(Employee.number))
    )
    people = {number: _caller(account) for account, number in session.exec(query).all()}
    for ago in range(DAYS_OF_READING, 0, -1):
        day = story.today - timedelta(days=ago)
        made = story.chance("reads", ago)
        for caller in people.values() if day.weekday() < SATURDAY else ():
            at = at_local(day, time(made.randrange(9, 18), made.randrange(60)), zone())
            _look(session, caller, made.randrange(4, 15), AT_WORK, at)
    unusual = at_local(story.today - timedelta(days=UNUSUAL_DAYS_AGO), time(21, 40), zone())
    _look(session, people[story.star], story.owners.count(story.star), "年度回顾", unusual)


def _look(session: Session, caller: Caller, records: int, purpose: str, at: datetime) -> None:
    note_read(session, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, Seen(None, records), at)


def _caller(account: Account) -> Caller:
    roles = tuple(Role(role) for role in account.roles)
    return Caller(account.id, account.name, account.employee_id, roles, account.language, account.time_zone)
