"""How Alembic meets our databases: on the connection that `models.schema` hands over, inside its transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from models import (
    certificate_tables,  # noqa: F401
    employment,  # noqa: F401  # its tables enter the metadata, as the desk's do
    tables,
)
from models.database import Exact, UtcDateTime
from models.desk import (  # noqa: F401
    commission_tables,
    figure_tables,
    order_tables,
    portfolio_tables,
    trail_tables,
)
from models.evidence import tables as evidence_tables  # noqa: F401
from models.industries import tables as industry_tables  # noqa: F401
from models.intake import tables as intake_tables  # noqa: F401
from models.log import tables as log_tables  # noqa: F401
from models.signing import attempt_tables  # noqa: F401
from models.signing import tables as signing_tables  # noqa: F401

_PLAIN = {UtcDateTime: "sa.DateTime(timezone=True)", AutoString: "sa.String()", Exact: "sa.String()"}


def plain_types(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """A migration names SQL's own types: it has to run unchanged when ours have long been renamed."""
    return _PLAIN.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.FactRow.metadata,  # of one registry: whatever is imported is in it
    render_item=plain_types,
    render_as_batch=True,  # SQLite alters most things only by copying the table; `append_only` says what to mind
    transactional_ddl=True,  # ours begin every transaction themselves, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()
