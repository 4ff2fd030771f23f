"""What can be wrong with an imported file: stable codes, each with its sentence in both languages."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from models.forms import OTHER_FORM, UNSEEN
from texts import LANGUAGES, text

Code = Literal[
    "about_oneself",
    "another_file",
    "cell_too_large",
    "contract_ends_before_it_begins",
    "could_not_go_on",
    "differs_within_order",
    "digits_lost",
    "duplicate",
    "duplicate_column",
    "file_too_large",
    "formula",
    "has_another_account",
    "in_the_future",
    "line_incomplete",
    "macros",
    "malformed",
    "malformed_csv",
    "malformed_json",
    "managers_in_a_circle",
    "missing_column",
    "nested_too_deeply",
    "no_header",
    "no_such_sheet",
    "not_a_list",
    "not_a_number",
    "not_a_workbook",
    "not_allowed",
    "not_an_object",
    "not_in_value_table",
    "not_of_this_customer",
    "not_permitted",
    "not_text",
    "not_that_date_form",
    "out_of_range",
    "own_manager",
    "owner_frozen",
    "owner_leaving",
    "probation_before_hiring",
    "required",
    "stays_as_it_is",
    "too_few_cells",
    "too_fine",
    "too_long",
    "too_many_cells",
    "too_many_columns",
    "too_many_passwords",
    "too_many_rows",
    "too_many_together",
    "too_short",
    "unknown",
    "unknown_column",
    "unknown_yet",
    "unsafe_workbook",
    "utf_16",
    "webhook_incomplete",
    "whose_basis",
]
CODES = """\
Of the whole file: `file_too_large`, `utf_16`, `not_text` (neither UTF-8 nor GB18030, or with NUL in it), `no_header`,
`unknown_column`, `missing_column`, `duplicate_column`, `too_many_columns`, `malformed_csv`, `cell_too_large`,
`malformed_json` (`value`: line and column), `not_a_list`, `nested_too_deeply`, `too_many_rows`, `too_many_passwords`,
`not_a_workbook` (no .xlsx, or with a password), `unsafe_workbook` (unpacks to far too much, or holds entities),
`macros`, `no_such_sheet`, `another_file` (not the one that was announced), `not_permitted` (who started it may load
files no longer), `could_not_go_on` (workers failed at it again and again).
Of a row: `not_an_object` (an entry of a JSON list), `required`, `malformed`, `too_long`, `too_short`, `out_of_range`,
`not_allowed` (none of the values that there are), `duplicate` (the same key twice), `too_many_cells`, `too_few_cells`
(of CSV: an empty cell has its delimiter, too), `unknown` (names something that is not there), `unknown_yet`
(likewise, only a warning), `own_manager`, `managers_in_a_circle`, `probation_before_hiring`,
`contract_ends_before_it_begins`, `about_oneself` (it would change what is on record about whoever loads the file:
somebody else has to), `has_another_account` (the employee), `webhook_incomplete`, `whose_basis` (a policy is
everybody's, anything else one person's), `formula` (or an error, in a cell of Excel), `digits_lost` (a number of more
than 15 digits, likewise), `not_in_value_table`, `not_that_date_form`, `not_a_number` (steps of a mapping),
`line_incomplete`, `differs_within_order` (rows of one order), `not_of_this_customer`, `in_the_future`, `owner_frozen`
(an order after the freeze of who would own it), `owner_leaving` (of a new customer), `too_many_together` (rows of one
order or customer), `too_fine` (an amount that its currency has no coins for), `stays_as_it_is` (only a warning: what
the desk has is not changed)."""

FORMS = {
    **dict.fromkeys(("hired_on", "probation_until", "contract_from", "contract_until"), "day"),
    **dict.fromkeys(("in_force_from", "acknowledged_on"), "day"),
    **dict.fromkeys(("promised_on", "issued_on", "due_on", "received_on"), "day"),
    **dict.fromkeys(("active", "frozen_on_notice", "protects_data", "is_primary"), "yes_or_no"),
    **dict.fromkeys(("keeps_secrets", "full_pay"), "yes_or_no"),
    **dict.fromkeys(("key", "number", "department", "job", "manager", "head", "employee_number"), "key"),
    **dict.fromkeys(("system", "right", "secret", "industry", "id", "category", "jobs", "departments"), "key"),
    **dict.fromkeys(("name", "name_zh", "name_en"), "line"),
    **dict.fromkeys(("quorum", "remind_every", "escalate_after", "due_after"), "whole_number"),
    **dict.fromkeys(("agreed_notice_days", "non_compete_months"), "whole_number"),
    **dict.fromkeys(("monthly_wage", "average_wage", "non_compete_monthly"), "amount"),
    **dict.fromkeys(("owner", "customer", "order", "carrier", "product", "receivable", "employee"), "key"),
    **dict.fromkeys(("placed_at", "at"), "moment"),
    **dict.fromkeys(("quantity", "unit_price", "amount"), "number"),
    **dict.fromkeys(("product_name", "reference"), "line"),
    **dict.fromkeys(("city", "address", "source", "phone", "message_id", "preferences", "service"), "text"),
    **dict.fromkeys(("contact_name", "terms", "customer_reference", "contact", "summary"), "text"),
    "currency": "currency",
    "discount": "share",
    "commission_rate": "share",
    "position": "whole_number",
    "mail": "email",
    "login": "login",
    "commission_share": "share",
    "leave_days": "days",
    "leave_taken": "days",
    "region": "region",
    "basis": "key",
    "title": "line",
    "email": "email",
    "url": "url",
    "levels": "level",
    **dict.fromkeys(("title", "criterion"), "text"),
}
"""What is written in a column, by the column's name."""
LONGEST_VALUE_SHOWN = 80
_HIDDEN = ("password",)


class Problem(BaseModel):
    """One thing wrong with a file."""

    model_config = ConfigDict(frozen=True)

    row: int = Field(examples=[17])
    """As a spreadsheet counts, the header being row 1 (of a JSON list: the first entry is 1); 0: the whole file."""
    column: str = Field(default="", examples=["manager"])
    code: Code = Field(examples=["unknown"], description=CODES)
    value: str = Field(default="", examples=["S1099"])
    limit: str = Field(default="", exclude=True)
    """What the sentence names besides: the bound that was passed, or the values that are allowed."""
    unit: str = Field(default="characters", exclude=True)
    """What the bound counts."""

    @computed_field(  # type: ignore[prop-decorator]  # mypy knows no decorator on a property; pydantic documents this
        repr=False,
        description="What is wrong and how to mend it, in Chinese and English",
        examples=[{"zh": "第 17 行 manager：“S1099”不存在。", "en": "Row 17, manager: there is no “S1099”."}],
    )
    @property
    def messages(self) -> dict[str, str]:
        """The sentence by language. Made when it is read: of a hundred thousand problems few are shown."""
        values = {"row": self.row, "column": self.column, "value": self.value, "limit": self.limit, "unit": self.unit}
        form = form_of(self.column)
        return {language: text(f"import_problem.{self.code}", language, form=form, **values) for language in LANGUAGES}


def form_of(column: str) -> str:
    """What is written in a column, as a key of the family `form`; an entry of a list is as its list."""
    names = [part for part in column.split(".") if not part.isdigit()]
    return FORMS.get(names[-1], OTHER_FORM) if names else OTHER_FORM


def shown(column: str, value: object) -> str:
    """A value or a name as it may stand in a report: short, text that every database takes, and never a password."""
    if column in _HIDDEN or value is None:
        return ""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    seen = re.sub(UNSEEN, lambda found: f"\\u{ord(found[0]):04x}", said[:LONGEST_VALUE_SHOWN])
    return seen.encode(errors="backslashreplace").decode()


def bound(context: Mapping[str, Any]) -> str:
    """The bound that pydantic says was passed, a range's with its sign, which both languages read alike."""
    for name, sign in (("ge", "≥ "), ("le", "≤ "), ("max_length", ""), ("min_length", "")):
        if name in context:
            return f"{sign}{context[name]}"
    return ""
