"""The log across all cases, as often as its schedule says: taken in, signed, stamped; once a day checked as a whole."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.tree_heads import TreeHeadActivities
from models.messages import TreeHeadOrder, TreeHeadResult
from workflows import ids, options


@workflow.defn(name=ids.TREE_HEADS_TYPE)
class TreeHeads:
    """One round: fails if the log is broken, so that Temporal shows it; a head without a stamp waits for the next."""

    @workflow.run
    async def run(self, order: TreeHeadOrder) -> TreeHeadResult:
        if order.whole:
            await workflow.execute_activity_method(
                TreeHeadActivities.check_log,
                start_to_close_timeout=options.WHOLE_LOG,
                retry_policy=options.UNTIL_DONE,
                summary="check the whole log",
            )
        grown = await workflow.execute_activity_method(
            TreeHeadActivities.grow_log,
            start_to_close_timeout=options.WHOLE_LOG,
            retry_policy=options.UNTIL_DONE,
            summary="take in facts, sign the tree head",
        )
        return TreeHeadResult(size=grown.size, taken_in=grown.taken_in, stamped=await self._stamp())

    async def _stamp(self) -> int | None:
        """None if the authority did not answer in this round."""
        try:
            return await workflow.execute_activity_method(
                TreeHeadActivities.stamp_tree_heads,
                start_to_close_timeout=options.BULK_STEP,
                schedule_to_close_timeout=options.FIRST_ROUND.lasts,
                retry_policy=options.FIRST_ROUND.retry,
                summary="stamp tree heads",
            )
        except ActivityError:
            return None
