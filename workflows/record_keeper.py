"""Keeps the handover record in step with the handover: presents it, anew if it was overtaken, seals it if approved."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.casework import CaseActivities
from domain import sealing, signing
from domain.case import Case
from domain.change import Change, Rule
from domain.handover import HandoverRecord
from models.messages import RecordDraft, SealedRecord, SealOrder
from workflows import options
from workflows.journal import Journal


class RecordKeeper:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._unsealable: HandoverRecord | None = None
        """A record whose document is not the one that was signed; only another record can be sealed."""

    async def run(self) -> None:
        """Never returns."""
        while True:
            await workflow.wait_condition(lambda: self._wanted() or self._sealable())
            if self._sealable():
                await self._seal()
            else:
                await self._present()

    def _wanted(self) -> bool:
        return signing.record_wanted(self._journal.case)

    def _sealable(self) -> bool:
        record = self._journal.case.record
        return record is not None and record.may_be_sealed and record != self._unsealable

    async def _present(self) -> None:
        drafted = self._journal.case
        signers = signing.parties(drafted)
        presented = await workflow.execute_activity_method(
            CaseActivities.present_record,
            RecordDraft(case=drafted, signatures=signers, now=self._journal.at),
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="make the handover record",
        )

        def rule(case: Case, now: datetime) -> Change:
            if not signing.record_wanted(case) or signing.substance(case) != signing.substance(drafted):
                return Change(case)  # the handover has gone on: another record will be made
            return signing.open_record(case, presented.document_id, presented.sha256, signers, now)

        await self._journal.apply(rule)

    async def _seal(self) -> None:
        case = self._journal.case
        record = case.record
        if record is None or record.seal is None:
            return
        order = SealOrder(
            case_id=case.case_id,
            document_id=record.document_id,
            sha256=record.sha256,
            signatures=record.signatures,
            approved_by=record.seal.by,
            now=self._journal.at,
            zone=case.agreed.calendar.zone,
        )
        try:
            made = await workflow.execute_activity_method(
                CaseActivities.seal_record,
                order,
                start_to_close_timeout=options.LIGHT_STEP,
                retry_policy=options.UNTIL_DONE,
                summary="seal the handover record",
            )
        except ActivityError as error:
            self._unsealable = record
            problem = error.cause.message if isinstance(error.cause, ApplicationError) else str(error)
            await self._journal.apply(_of(record, lambda case, now: sealing.not_sealed(case, problem, now)))
        else:
            await self._journal.apply(_of(record, _sealed(made)))


def _sealed(made: SealedRecord) -> Rule:
    return lambda case, now: sealing.sealed(case, made.document_id, made.sha256, now)


def _of(record: HandoverRecord, rule: Rule) -> Rule:
    """The rule, as long as it is about that record."""
    return lambda case, now: rule(case, now) if case.record == record and not case.closed else Change(case)
