"""The inbox is read by instant: its index alone has that order, so no planner walks everybody's messages instead."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notification") as notification:
        notification.drop_index("notification_inbox")
        notification.create_index("notification_inbox", ["account", "at", "id"])
