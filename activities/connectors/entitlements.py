"""Connector to Wanbi's own entitlement store: the rights that the customer desk obeys."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import reading, utc_now, writing
from models.messages import AccessOrder
from models.tables import EffectRow, Entitlement


@dataclass(frozen=True)
class EntitlementConnector:
    """Sets a person's rights in one transaction; a key that was carried out already changes nothing."""

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
            if session.get(EffectRow, order.key) is not None:
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
            rows = session.exec(
                select(Entitlement)
                .where(Entitlement.employee_id == order.employee_id, Entitlement.system == order.system)
                .with_for_update()
            ).all()
            for row in rows:
                wanted = row.right in order.desired
                if row.active is not wanted:
                    row.active, row.changed_at, row.changed_by = wanted, now, order.key
                    session.add(row)
