"""What a certificate of separation (离职证明) says: the four statutory fields, and nothing else (HND-06, CRT-01).

No reason, no evaluation, no waiver, no word about the handover: there is no field in which they could stand.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.law.periods import full_months

TERM = "劳动合同期限"
END = "解除或者终止劳动合同的日期"
POSITION = "工作岗位"
SERVICE = "在本单位的工作年限"
FIELDS = (TERM, END, POSITION, SERVICE)
"""In the words of art. 24 of the Implementing Regulations."""


class MissingField(ValueError):
    """A statutory field can't be filled in from the company's records: the certificate must not be issued so."""

    def __init__(self, field: str, because: str) -> None:
        super().__init__(f"the certificate lacks its field {field}: {because}")
        self.field = field


@dataclass(frozen=True)
class Service:
    """Whole years and months with the company."""

    years: int
    months: int


@dataclass(frozen=True)
class Certificate:
    contract_from: date
    contract_until: date | None
    """None: a contract without a fixed term (无固定期限)."""
    ended_on: date
    position: str
    hired_on: date
    service: Service


def certificate(
    *,
    has_terms: bool,
    contract_from: date | None,
    contract_until: date | None,
    hired_on: date,
    ended_on: date,
    position: str,
) -> Certificate:
    """Fills the four fields in. A contract whose first day is not on file began with the employment.

    Without any terms on file the contract's end is not known, which is not the same as having none. Raises MissingField
    with the first field that can't be filled in, and where what is wanting has to be put in.
    """
    begins = contract_from or hired_on
    if not has_terms:
        raise MissingField(TERM, "no contract terms are on file; import the employee's line of terms")
    if begins > ended_on:
        raise MissingField(
            TERM, f"the contract begins on {begins}, after the last day {ended_on}; correct contract_from in terms"
        )
    if contract_until is not None and contract_until < begins:
        raise MissingField(
            TERM,
            f"the contract ends on {contract_until}, before it begins on {begins}; correct contract_until in terms",
        )
    if not position.strip():
        raise MissingField(POSITION, "neither title nor job is on file; put in the title in employees")
    return Certificate(begins, contract_until, ended_on, position.strip(), hired_on, service(hired_on, ended_on))


def service(hired_on: date, ended_on: date) -> Service:
    """From the first day to the last, both included. Raises MissingField if the last comes first."""
    if hired_on > ended_on:
        raise MissingField(
            SERVICE, f"the last day {ended_on} is before the hiring on {hired_on}; correct hired_on in employees"
        )
    return Service(*divmod(full_months(hired_on, ended_on + timedelta(days=1)), 12))
