"""Connector to Wanbi's own entitlement store: the rights that the customer desk obeys."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import reading, utc_now, writing
from models.messages import AccessOrder
from models.tables import EffectRow, Entitlement


@dataclass(frozen=True)
class EntitlementConnector:
    """Sets a person's rights in one transaction; an order that was carried out or overtaken changes nothing."""

    engine: Engine

    def freeze(self, order: AccessOrder) -> None:
        self._set(order)

    def grant(self, order: AccessOrder) -> None:
        self._set(order)

    def revoke(self, order: AccessOrder) -> None:
        self._set(order)

    def restore(self, order: AccessOrder) -> None:
        self._set(order)

    def read_back(self, order: AccessOrder) -> tuple[str, ...]:
        with reading(self.engine) as session:
            rights = session.exec(
                select(Entitlement.right)
                .where(
                    Entitlement.employee_id == order.employee_id,
                    Entitlement.system == order.system,
                    col(Entitlement.active),
                )
                .order_by(col(Entitlement.right))
            ).all()
        return tuple(rights)

    def _set(self, order: AccessOrder) -> None:
        with writing(self.engine) as session:
            rows = session.exec(
                select(Entitlement)
                .where(Entitlement.employee_id == order.employee_id, Entitlement.system == order.system)
                .with_for_update()
            ).all()
            if _carried_out(session, order):
                return
            now = utc_now()
            session.add(
                EffectRow(
                    key=order.key,
                    case_id=order.case_id,
                    employee_id=order.employee_id,
                    system=order.system,
                    operation=order.operation.value,
                    at=now,
                )
            )
            for row in rows:
                wanted = row.right in order.desired
                if row.active is not wanted:
                    row.active, row.changed_at, row.changed_by = wanted, now, order.key
                    session.add(row)


def _carried_out(session: Session, order: AccessOrder) -> bool:
    """True if this order or a later one of the case was carried out: an attempt that hung must not turn things back."""
    keys = session.exec(
        select(EffectRow.key).where(EffectRow.case_id == order.case_id, EffectRow.system == order.system)
    ).all()
    return order.key in keys or any(int(key.rpartition(":")[2]) > order.revision for key in keys)
