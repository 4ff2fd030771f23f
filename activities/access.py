"""The access effect: act in the connected system, read back, return a receipt. Nothing else decides anything here."""

from temporalio import activity

from activities.failures import NotVerified
from activities.ports import Connector, Connectors
from activities.steps import step
from domain.rights import Operation
from models.messages import AccessOrder, AccessReceipt


def act(connector: Connector, order: AccessOrder) -> None:
    """Gives the order to the system in the connector's own words."""
    operation = {
        Operation.FREEZE: connector.freeze,
        Operation.GRANT: connector.grant,
        Operation.REVOKE: connector.revoke,
        Operation.CLOSE: connector.revoke,
        Operation.RESTORE: connector.restore,
    }[order.operation]
    operation(order)


class AccessActivities:
    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors

    @step
    def apply_access(self, order: AccessOrder) -> AccessReceipt:
        """Brings the person's rights to `order.desired`. Raises NotVerified if the system shows anything else."""
        connector = self._connectors.of(order.system)
        act(connector, order)
        observed = connector.read_back(order)
        if set(observed) != set(order.desired):
            raise NotVerified(
                f"{order.system}: wanted {', '.join(order.desired) or 'no rights'}, "
                f"read back {', '.join(observed) or 'no rights'}"
            )
        return AccessReceipt(
            system=order.system, revision=order.revision, observed=observed, attempts=activity.info().attempt
        )
