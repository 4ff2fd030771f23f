"""The rules that the software knows, by id, each with the figures it needs. The ids are those of docs/law.md.

A rule without figures stands here too: it is cited where the software obeys it. A pack that says more is refused.
"""

from domain.law.packs import Parameters
from domain.law.parameters import count, counts, flag, fraction, one_of, phrases, tenure, words

_UNIT = one_of("day", "week", "month")
_DAY_KIND = one_of("calendar", "working")
_COUNT_START = one_of("same_day", "next_day")

NOTICE: Parameters = {
    "NOT-01": {"notice_days": count},
    "NOT-02": {"notice_days": count},
    "NOT-03": {"grounds": words, "immediate": words, "phrases": phrases},
    "NOT-04": {"initiators": words},
    "NOT-05": {"notice_days": count},
    "NOT-06": {"holiday_roll": flag},
    "NOT-07": {},
    "NOT-08": {"warn_days": counts},
    "NOT-09": {},
    "NOT-10": {"intents": words, "phrases": phrases, "conditions": phrases},
    "NOT-11": {},
    "NOT-12": {"max_days": count},
    "NOT-13": {},
    "NOT-14": {},
    "NOT-15": {"notice_days": count, "damages_factor": fraction},
    # A notice template of another jurisdiction: it warns and never refuses.
    # notice, unit: the notice if nothing else is agreed and no tenure step fits; probation_notice, probation_unit: in
    #   probation. Units are day, week and month (of the calendar).
    # count_start: same_day counts the day of arrival as the first; next_day does not. probation_count_start: the same
    #   for the notice in probation, which may be counted otherwise (Hong Kong counts days and months differently).
    # tenure_steps: "26w:1w" means from 26 weeks of service on a week's notice; d, w, m, y; rising. Empty: all alike.
    # agreed_min_days: no agreement may make the notice shorter, in days; 0: it may.
    # end_anchor: the notice ends on any day, on the 15th or a month's end, or on a month's end: the next one after it.
    # form: any, also spoken; written, also by electronic message; wet_ink, signed on paper.
    # pay_in_lieu: who may pay instead of waiting. certificate: due without being asked (auto), on_request, or none.
    # garden_leave: takes an express_clause; paid_ok, allowed on full pay; silent, nothing is said.
    # final_pay_days after final_pay_event: the last day, the leaver's request, or the next ordinary payday.
    "FGN-01": {
        "notice": count,
        "unit": _UNIT,
        "probation_notice": count,
        "probation_unit": _UNIT,
        "probation_count_start": _COUNT_START,
        "probation_most_months": count,
        "tenure_steps": tenure,
        "agreed_min_days": count,
        "count_start": _COUNT_START,
        "end_anchor": one_of("any", "15th_or_month_end", "month_end"),
        "form": one_of("any", "written", "wet_ink"),
        "pay_in_lieu": one_of("both", "employer", "none"),
        "garden_leave": one_of("express_clause", "paid_ok", "silent"),
        "final_pay_event": one_of("last_day", "request", "payday"),
        "final_pay_days": count,
        "final_pay_unit": _DAY_KIND,
        "certificate": one_of("auto", "on_request", "none"),
    },
}
HANDOVER: Parameters = {
    "HND-01": {},
    "HND-02": {},
    "HND-03": {"half_year_months": count, "wage_cap_factor": fraction, "capped_years": count, "average_months": count},
    "HND-04": {},
    "HND-05": {"fine_low": count, "fine_high": count},
    "HND-06": {"fields": words},
    "CRT-01": {"due_days": count},
    "CRT-02": {"due_days": count, "warn_days": count},
    "CRT-03": {"unemployed_days": count, "unemployed_statute_days": count, "housing_fund_days": count},
    "CRT-04": {"pay_factor": fraction, "year_days": count, "paid_days_a_month": fraction},
}
FREEZE: Parameters = {
    "FRZ-01": {"bases": words},
    "FRZ-02": {"proofs": words},
    "FRZ-03": {"commission_share": fraction, "average_months": count},
    "FRZ-04": {},
    "FRZ-05": {"scopes": words},
    "FRZ-06": {},
}
PAY: Parameters = {
    "PAY-01": {},
    "PAY-02": {"due_days": count, "unit": _DAY_KIND},
    "PAY-03": {"cap": fraction},
    "PAY-04": {"gates": words},
    "PAY-05": {},
    "PAY-06": {"statuses": words},
    "PAY-07": {"pro_rata": flag},
    "PAY-08": {"extra_low": fraction, "extra_high": fraction},
    "PAY-09": {
        "months": count,
        "single_low": count,
        "single_high": count,
        "many_workers": count,
        "many_low": count,
        "many_high": count,
    },
    "PAY-11": {"monthly_minimum_wage": count},
    "PAY-12": {"monthly_average_wage": count},
}
EVIDENCE: Parameters = {
    **{f"EVD-0{number}": {} for number in range(1, 5)},
    "EVD-05": {"traces": count},
    "EVD-06": {},
    **{f"ESG-0{number}": {} for number in range(1, 7)},
}
PERSONAL_INFORMATION: Parameters = {
    **{f"PIP-0{number}": {} for number in range(1, 7)},
    "PIP-07": {"assessment_years": count},
    "PIP-08": {"record_years": count},
    "PIP-09": {},
    "RET-01": {
        "case_file_years": count,
        "contract_years": count,
        "wage_sheet_years": count,
        "non_compete_years": count,
        "log_months": count,
    },
}
LIMITATION: Parameters = {
    "LIM-01": {"years": count},
    "LIM-02": {"years": count, "longest_years": count},
    "LIM-03": {"years": count},
    "LIM-04": {"months": count},
}
SECRETS: Parameters = {
    "TS-01": {"punitive_low": fraction, "punitive_high": fraction},
    **{f"TS-0{number}": {} for number in range(2, 9)},
    "NC-01": {},
    "NC-02": {"max_months": count},
    "NC-03": {},
    "NC-04": {"rate": fraction},
    "NC-05": {"unpaid_months": count, "escalate_days": count},
    "NC-06": {"months": count},
    "NC-07": {},
    "NC-08": {"rate": fraction, "long_rate": fraction, "long_after_months": count, "penalty_factor": fraction},
}
REGIONAL: Parameters = {
    "SH-01": {"max_notice_days": count},
    "SH-02": {"filing_days": count},
    "GD-01": {},
    "GD-02": {"ledger_years": count},
}
ALL: Parameters = {
    **NOTICE,
    **HANDOVER,
    **FREEZE,
    **PAY,
    **EVIDENCE,
    **PERSONAL_INFORMATION,
    **LIMITATION,
    **SECRETS,
    **REGIONAL,
}
