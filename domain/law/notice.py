"""The notice period: when a resignation ends the employment."""

from datetime import date, datetime, timedelta

from domain.law.packs import RulePack
from domain.plan import LegalAnswer
from domain.timezones import local_date


def notice_end(pack: RulePack, arrived_at: datetime, probation_until: date | None) -> tuple[date, LegalAnswer]:
    """The first day on which the notice may end, and the rule that says so.

    NOT-01: thirty calendar days; NOT-02: three in probation, judged on the day of arrival. NOT-06: the day of arrival
    is not counted, no roll-over for holidays. NOT-07: arrival starts the clock, in the pack's own time zone.
    """
    arrived_on = local_date(arrived_at, pack.time_zone)
    in_probation = probation_until is not None and arrived_on <= probation_until
    rule = pack.rule("NOT-02" if in_probation else "NOT-01", arrived_on)
    days = rule.params["notice_days"]
    end = arrived_on + timedelta(days=days)
    return end, LegalAnswer(rule.id, rule.cite, f"{arrived_on} + {days} = {end}", pack.name, pack.version)
