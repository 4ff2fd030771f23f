"""What the law said is shown with the case: warnings when a notice is registered, all answers when the case is read."""

import pytest

from domain import closing
from domain.case import Case, Stage
from models.database import writing
from models.employment import EmploymentTerms
from models.law_views import of_case
from models.projection import to_snapshot
from tests.api.house import Api, new_key
from tests.api.rows import START, opened_case, write_case
from tests.builders import ARRIVAL, without_a_basis

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.law("NOT-12")
async def test_a_registration_shows_what_a_person_has_to_see_also_when_it_is_repeated(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.cases.utc_now", lambda: ARRIVAL)
    with writing(api.engine) as session:
        session.merge(EmploymentTerms(employee_id="e-lin", agreed_notice_days=60))
    key = new_key()
    first = await api.person("hr").register(key)
    assert [(w["rule"], w["action"], w["pack"]) for w in first.json()["warnings"]] == [("NOT-12", "warn", "cn")]
    assert first.json()["warnings"][0]["messages"]["en"] == "The agreed 60 days of notice do not bind; 30 days hold."
    assert (await api.person("hr").register(key)).json()["warnings"] == first.json()["warnings"]


async def test_a_registration_that_nothing_speaks_against_warns_of_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.cases.utc_now", lambda: ARRIVAL)
    assert (await api.person("hr").register()).json()["warnings"] == []


async def test_whoever_sees_the_whole_case_sees_what_the_law_said_of_notice_and_freeze(api: Api) -> None:
    without_a_basis(api.engine)
    made = closing.enter(opened_case(api.engine), Stage.HANDING_OVER, START).case
    write_case(api.engine, made)
    for name in ("hr", "counsel", "auditor", "lin", "wang"):
        law = (await api.person(name).get(f"/cases/{made.case_id}")).json()["law"]
        assert [(answer["rule"], answer["action"]) for answer in law] == [
            ("NOT-01", "record"),
            ("FRZ-01", "block"),
            ("FRZ-05", "record"),
            *[(rule, "record") for rule in ("PAY-02", "CRT-04", "PAY-03", "PAY-04", "PAY-08")],
            ("CRT-02", "warn"),
            ("CRT-03", "record"),
            ("LIM-01", "record"),
            ("NC-05", "record"),
            ("RET-01", "record"),
            ("PIP-04", "record"),
        ]
        assert all(answer["messages"][language] for answer in law for language in ("zh", "en"))
    for name in ("zhou", "sec", "engineer", "it-clerk"):
        assert (await api.person(name).get(f"/cases/{made.case_id}")).json()["law"] == []


async def test_before_its_plan_is_made_the_law_has_said_nothing(api: Api) -> None:
    case_id = (await api.person("hr").register()).json()["case_id"]
    assert (await api.person("hr").get(f"/cases/{case_id}")).json()["law"] == []
    assert of_case(to_snapshot(Case("c1", "e-lin", START))) == []


async def test_an_answer_whose_pack_ships_no_more_is_shown_by_its_citation(api: Api) -> None:
    snapshot = to_snapshot(opened_case(api.engine))
    snapshot["plan"]["law"][0]["pack_version"] = "1999-01"
    shown = of_case(snapshot)[0]
    assert shown.messages == {"zh": shown.citation, "en": shown.citation}
