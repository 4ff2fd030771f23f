"""The portfolio (客户、订单、应收) of a case: taken at notice, counted while it is handed over, given back if need be.

The case remembers how many records are open, never which: their states are the desk's (domain.desk.entries), and each
time the case has to know, they are counted anew.
"""

from dataclasses import replace
from datetime import datetime

from domain.case import IN_NOTICE, Case, Gap, Stage
from domain.change import Change, Fact, Notification
from domain.handover import KindCount, Portfolio

HANDED_OVER_IN = (*IN_NOTICE, Stage.LEAVING, Stage.PURSUING)
"""Stages in which customers, orders and receivables change hands; also after the last day, until the case closes."""


def wanted(case: Case) -> bool:
    """True if the snapshot has to be taken."""
    planned = case.plan is not None and case.plan.portfolio
    return planned and case.portfolio is None and case.stage in HANDED_OVER_IN


def taken(case: Case, counts: tuple[KindCount, ...], sha256: str, now: datetime) -> Change:
    """The snapshot is written, and proposed to the receiver of the case."""
    if case.portfolio is not None or case.closed:
        return Change(case)
    found = Portfolio(now, sha256, counts, now)
    totals = {count.kind.value: count.total for count in counts}
    fact = Fact("PortfolioTaken", now, data={**totals, "sha256": sha256})
    told = () if found.empty else tuple(dict.fromkeys((case.agreed.receiver, case.agreed.witness)))
    notes = (Notification("portfolio_taken", told),) if told else ()
    return Change(replace(case, portfolio=found), (fact,), notes)


def proposal(account: str, entries: int, which: str) -> Notification:
    """Tells a receiver how many entries are proposed; `which` tells one proposal from another."""
    return Notification("portfolio_proposed", (account,), (str(entries), which))


def unassigned(accounts: tuple[str, ...], entries: int, which: str) -> Notification:
    """Tells those who assign how many entries nobody is asked to take; `which` tells one time from another."""
    return Notification("portfolio_unassigned", accounts, (str(entries), which))


def left_behind(account: str, records: int) -> Notification:
    """Tells a manager how many records that nobody took over are theirs now."""
    return Notification("portfolio_left", (account,), (str(records),))


def routed(account: str, order: str) -> Notification:
    """Tells whoever gets an order that came for the leaver; `order` is its number."""
    return Notification("order_routed", (account,), (order,))


def countable(case: Case) -> bool:
    """True if there is something to count, and it can still change."""
    return not _nothing_to_count(case) and case.stage in HANDED_OVER_IN


def counted(case: Case, counts: tuple[KindCount, ...], now: datetime) -> Change:
    """So much of it is open now; a kind of which nothing is left, or something again, leaves a fact."""
    before = case.portfolio
    if before is None or case.closed:
        return Change(case)
    was = {count.kind: count.open for count in before.counts}
    facts = []
    for count in counts:
        if bool(count.open) != bool(was.get(count.kind, 0)):
            kind = "PortfolioReopened" if count.open else "PortfolioSettled"
            facts.append(Fact(kind, now, data={"kind": count.kind.value, "total": count.total, "open": count.open}))
    return Change(replace(case, portfolio=replace(before, counts=counts, counted_at=now)), tuple(facts))


def return_due(case: Case) -> bool:
    """True if the resignation is withdrawn, and the leaver's customers are not known to be the leaver's again (N6)."""
    found = case.portfolio
    return case.stage is Stage.WITHDRAWING and found is not None and found.returned_at is None


def returned(case: Case, moved: tuple[KindCount, ...], now: datetime) -> Change:
    """Undo: whatever had moved is the leaver's again. `moved`: how many of each kind came back."""
    found = case.portfolio
    if found is None or not return_due(case):
        return Change(case)
    settled = tuple(replace(count, open=0) for count in found.counts)
    fact = Fact("PortfolioReturned", now, data={count.kind.value: count.total for count in moved})
    return Change(replace(case, portfolio=replace(found, counts=settled, counted_at=now, returned_at=now)), (fact,))


def settled(case: Case) -> bool:
    """True if nothing of it is open, as far as it was counted."""
    return case.portfolio is None or not case.portfolio.open


def counted_at(case: Case, instant: datetime) -> bool:
    """True if it was counted at this very instant, or there is nothing to count."""
    found = case.portfolio
    return found is None or _nothing_to_count(case) or found.counted_at == instant


def counted_since(case: Case, instant: datetime) -> bool:
    """True if it was counted then or later, or there is nothing to count."""
    found = case.portfolio
    return found is None or _nothing_to_count(case) or found.counted_at >= instant


def gaps(case: Case) -> tuple[Gap, ...]:
    """What nobody has taken over, by kind: how many of how many."""
    counts = case.portfolio.counts if case.portfolio else ()
    return tuple(Gap(c.kind.value, "portfolio", f"{c.open}/{c.total}") for c in counts if c.open)


def _nothing_to_count(case: Case) -> bool:
    """There is no snapshot, or an empty one that nothing can join."""
    found = case.portfolio
    return found is None or (found.empty and not case.agreed.portfolio_grows)
