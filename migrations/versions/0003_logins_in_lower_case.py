"""Logins are kept in lower case. Of two that differ only in that, each stays as it is: a person has to close one."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE account SET login = lower(login) WHERE login <> lower(login) AND NOT EXISTS "
        "(SELECT 1 FROM account AS other WHERE other.id <> account.id AND lower(other.login) = lower(account.login))"
    )
