"""Files for the desk, and how tests load them: announced, sent in parts, worked off to the end."""

import hashlib
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, func, select

from models.database import reading, utc_now, writing
from models.import_problems import Problem
from models.intake import mappings, uploads
from models.intake.claims import Claim, take
from models.intake.job import work_off
from models.intake.mapping_bodies import MappingBody
from models.intake.tables import DeskImport, ImportProblem

ADMINISTRATOR = "a-admin"
"""Who loads them."""
CUSTOMERS = (
    "number,name,owner,city,status\nC1,宁波海潮国际货运有限公司,n-lin,宁波,active\nC2,上海东方,n-zhou,上海,prospect\n"
)
CONTACTS = "customer,name,phone,mail,is_primary\nC1,王芳,138 0013 8000,wang@example.com,yes\nC1,李强,,,no\nC2,赵敏,,,\n"
CARRIERS = "number,name,service\nK1,顺风物流,零担\n"
ORDERS = (
    "number,customer,placed_at,state,product,quantity,unit_price,discount,carrier,owner\n"
    "O1,C1,2026-01-05,confirmed,FCL,2,18600.00,0.05,K1,\n"
    "O1,C1,2026-01-05,confirmed,THC,1,350,,K1,\n"
    "O2,C2,2026/1/6 13:45,completed,LCL,1.5,99.995,,,n-lin\n"
)
RECEIVABLES = "number,customer,order,amount,issued_on,due_on\nR1,C1,O1,35690.00,2026-01-06,2026-02-05\n"
PAYMENTS = "receivable,reference,amount,received_on\nR1,B-1,30000,2026-01-20\nR1,B-2,5690,2026-02-01\n"
COMMUNICATIONS = (
    "customer,kind,direction,at,employee,order,contact,summary\n"
    "C1,call,out,2026-01-07 09:30,n-lin,O1,王芳,确认装柜时间\n"
    "C2,visit,in,2026-01-08,,,,参观仓库\n"
)
FILES = {
    "customers": CUSTOMERS,
    "contacts": CONTACTS,
    "carriers": CARRIERS,
    "orders": ORDERS,
    "receivables": RECEIVABLES,
    "payments": PAYMENTS,
    "communications": COMMUNICATIONS,
}


def announce(
    engine: Engine,
    kind: str,
    content: str | bytes,
    *,
    mapping: dict[str, Any] | None = None,
    dry_run: bool = False,
    part: int = uploads.LARGEST_PART,
) -> str:
    """A file that has arrived wholly and was started."""
    data = content.encode() if isinstance(content, str) else content
    with writing(engine) as session:
        kept = None
        if mapping is not None:
            body = MappingBody.model_validate({"kind": kind, **mapping})
            kept = mappings.publish(session, f"m-{kind}", body, ADMINISTRATOR)
        row = DeskImport(
            kind=kind,
            mapping=kept.name if kept else None,
            mapping_version=kept.version if kept else None,
            purpose="迁移",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            state="receiving",
            created_at=utc_now(),
            created_by=ADMINISTRATOR,
        )
        session.add(row)
        session.flush()
        for number, start in enumerate(range(0, len(data), part), 1):
            uploads.put_part(session, row.id, number, data[start : start + part])
        session.flush()
        uploads.start(session, row.id, ADMINISTRATOR, dry_run=dry_run)
        return row.id


def work(engine: Engine, worker: str = "w") -> None:
    """Works off whatever waits."""
    while import_id := take(engine, worker, utc_now()):
        work_off(Claim(engine, import_id, worker))


def load(engine: Engine, kind: str, content: str | bytes, **options: Any) -> DeskImport:
    """The import when it is through."""
    import_id = announce(engine, kind, content, **options)
    work(engine)
    return imported(engine, import_id)


def load_all(engine: Engine, files: dict[str, str] = FILES) -> list[DeskImport]:
    return [load(engine, kind, text) for kind, text in files.items()]


def imported(engine: Engine, import_id: str) -> DeskImport:
    with reading(engine) as session:
        return session.get_one(DeskImport, import_id)


def found_problems(engine: Engine, import_id: str) -> list[Problem]:
    with reading(engine) as session:
        rows = session.exec(
            select(ImportProblem).where(ImportProblem.import_id == import_id).order_by(col(ImportProblem.position))
        ).all()
    return [Problem(**row.model_dump(exclude={"import_id", "position", "warning"})) for row in rows]


def said(engine: Engine, import_id: str) -> list[tuple[int, str, str, str]]:
    return [(p.row, p.column, p.code, p.value) for p in found_problems(engine, import_id)]


def counts(row: DeskImport) -> tuple[int, int, int, int]:
    return row.inserted, row.updated, row.unchanged, row.held_back


def count(engine: Engine, model: Any) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


def one(engine: Engine, model: Any, **values: Any) -> Any:
    with reading(engine) as session:
        return session.exec(select(model).filter_by(**values)).one()
