"""What was agreed about commission: filed by one person, confirmed by another, told to whoever leaves."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from domain.case import Stage
from domain.desk.commission import agreement_filed
from domain.errors import conflict, forbidden, invalid, not_found
from models import projection
from models.accounts import Caller
from models.database import utc_now
from models.desk import figures
from models.desk.commission import AGREED, agreement, noticed_on
from models.desk.commission_bodies import ConfirmAgreement, NewAgreement
from models.desk.commission_entries import employee
from models.desk.commission_tables import CommissionAgreement, CommissionConfirmation
from models.desk.commission_views import AgreementAdded, AgreementView
from models.desk.gate import tell_case
from models.desk.tables import new_id
from models.tables import Account, CaseView

FILED, CONFIRMED = "CommissionAgreementFiled", "CommissionAgreementConfirmed"


def agree(session: Session, body: NewAgreement, caller: Caller, now: datetime) -> AgreementAdded:
    """Files what was agreed. Somebody who is leaving is told. Raises Refusal."""
    whose = employee(session, body.employee_number).id if body.employee_number else None
    if whose is not None and whose == caller.employee_id:
        raise forbidden("commission.own_agreement")
    values = body.model_dump(exclude={"employee_number", "sha256", "kind", "condition"})
    row = CommissionAgreement(
        id=new_id(),
        employee_id=whose,
        kind=body.kind.value,
        condition=body.condition.value,
        sha256=body.sha256 or "",
        at=now,
        by=caller.account,
        **values,
    )
    session.add(row)
    session.flush()
    view = _view(session, row.id)
    _tell(session, row, FILED, view.binds_from, caller, now)
    return AgreementAdded(id=row.id, valid=view.valid, binds_from=view.binds_from)


def confirm(session: Session, agreement_id: str, body: ConfirmAgreement, caller: Caller) -> AgreementView:
    """Puts on record that the caller has seen the signed paper. Raises Refusal."""
    row = session.get(CommissionAgreement, agreement_id)
    now = utc_now()
    if row is None:
        raise not_found("commission.agreement_unknown", agreement=agreement_id)
    if row.employee_id is not None and row.employee_id == caller.employee_id:
        raise forbidden("commission.own_agreement")
    if row.by == caller.account:
        raise forbidden("commission.confirmed_by_whoever_entered_it")
    if body.signed_on > figures.today(now):
        raise invalid("commission.signed_in_the_future")
    if row.sha256 and row.sha256 != body.sha256:
        raise invalid("commission.another_paper")
    if session.get(CommissionConfirmation, agreement_id) is not None:
        raise conflict("commission.confirmed_already")
    if row.employee_id is not None and row.employee_id in noticed_on(session, {row.employee_id}):
        raise conflict("commission.confirmed_too_late")
    session.add(CommissionConfirmation(agreement_id=row.id, **body.model_dump(), at=now, by=caller.account))
    session.flush()
    view = _view(session, row.id)
    _tell(session, row, CONFIRMED, view.binds_from, caller, now)
    return view


def agreements(session: Session, number: str | None) -> list[AgreementView]:
    """Everything that was ever agreed: with one person and by policies, or all of it; the newest first."""
    query = AGREED
    if number:
        own = col(CommissionAgreement.employee_id)
        query = query.where((own == employee(session, number).id) | own.is_(None))
    query = query.order_by(col(CommissionAgreement.in_force_from).desc(), col(CommissionAgreement.id).desc())
    rows = [(row, seen, by, number) for row, seen, by, number in session.execute(query)]
    noticed = noticed_on(session, {row.employee_id for row, *_ in rows if row.employee_id})
    return [_shown(row, seen, by, whose, noticed.get(row.employee_id or "")) for row, seen, by, whose in rows]


def _view(session: Session, agreement_id: str) -> AgreementView:
    row, seen, by, whose = session.execute(AGREED.where(col(CommissionAgreement.id) == agreement_id)).one()
    noticed = noticed_on(session, {row.employee_id} - {None})
    return _shown(row, seen, by, whose, noticed.get(row.employee_id))


def _shown(
    row: CommissionAgreement,
    seen: CommissionConfirmation | None,
    entered_by: str | None,
    number: str | None,
    noticed: date | None,
) -> AgreementView:
    agreed = agreement(row, seen, entered_by)
    return AgreementView(
        **row.model_dump(exclude={"employee_id"}),
        employee_number=number,
        valid=agreed.valid,
        signed_on=agreed.signed_on,
        confirmed_at=seen.at if seen else None,
        confirmed_by=seen.by if seen else None,
        binds_from=agreed.binds_from(noticed),
    )


def _tell(
    session: Session, row: CommissionAgreement, kind: str, binds_from: date, caller: Caller, now: datetime
) -> None:
    """Whoever is leaving, or has left, hears of it; and so does the chain of their case, by reference alone."""
    query = select(CaseView).where(CaseView.employee_id == row.employee_id, CaseView.stage != Stage.WITHDRAWN.value)
    case = session.exec(query.order_by(col(CaseView.arrived_at).desc()).limit(1)).first()
    if case is None:
        return
    data = {"agreement": row.id, "binds_from": binds_from.isoformat(), "rule": "PAY-04"}
    tell_case(session, case.case_id, kind, caller.account, data, now)
    account = session.exec(select(Account.id).where(Account.employee_id == row.employee_id)).first()
    if account is not None and kind == FILED:
        message = agreement_filed(account, row.reference, row.id, binds_from)
        projection.tell(session, case.case_id, case.version, (message,), now)
