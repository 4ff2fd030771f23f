"""Rules that came into force in the last years, as they are told on the day before and on their first day."""

from typing import Any

import pytest

from tests.api.house import Api
from tests.api.questions import in_production

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def told(api: Api, rule: str, on: str) -> dict[str, Any]:
    """The rule as anybody signed in is told it on that day; empty if there is none."""
    answer = await api.person("stranger").get("/law/rules", on=on)
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, Any]] = {shown["rule"]: shown for shown in answer.json()["rules"]}
    return found.get(rule, {})


@pytest.mark.law("ESG-06", "PIP-07")
async def test_from_june_2025_a_face_may_not_be_the_only_way_and_before_biometrics_took_consent_already(
    api: Api,
) -> None:
    assert await told(api, "ESG-06", "2025-05-31") == {}
    rule = await told(api, "ESG-06", "2025-06-01")
    assert "人脸识别不得作为唯一方式" in rule["says"]["zh"]
    assert "Face recognition may not be the only way" in rule["says"]["en"]
    assert rule["cite"]["zh"].startswith("《人脸识别技术应用安全管理办法》")
    before = await told(api, "PIP-07", "2025-05-31")
    assert "敏感信息须单独同意" in before["says"]["zh"]
    assert (before["params"], await told(api, "PIP-07", "2021-10-31")) == ({"assessment_years": 3}, {})


@pytest.mark.law("TS-07")
async def test_order_126_holds_from_june_2026_and_refuses_nothing_until_somebody_has_read_it(api: Api) -> None:
    assert await told(api, "TS-07", "2026-05-31") == {}
    rule = await told(api, "TS-07", "2026-06-01")
    assert "第126号" in rule["cite"]["zh"]
    assert "full text is to be checked" in rule["says"]["en"]
    in_production(api, {"TS-07": {"by": "赵敏", "reason": "律师书面意见"}})
    trusted = await told(api, "TS-07", "2026-06-01")
    assert (rule["action"], trusted["action"], trusted["confidence"]) == ("record", "record", "unverified")


@pytest.mark.law("TS-02")
async def test_the_burden_of_proof_is_cited_by_the_old_article_until_the_law_of_2025_and_then_without_a_number(
    api: Api,
) -> None:
    old, new = await told(api, "TS-02", "2025-10-14"), await told(api, "TS-02", "2025-10-15")
    assert (old["cite"]["zh"], old["confidence"]) == ("《反不正当竞争法》（2019年修正）第三十二条", "statute")
    assert (new["cite"]["zh"], new["confidence"]) == ("《反不正当竞争法》（2025年修订，条号待核）", "unverified")
    assert {old["action"], new["action"]} == {"record"}


@pytest.mark.law("PIP-09")
async def test_what_hr_management_needs_may_cross_the_border_since_march_2024_and_customers_data_never_by_that(
    api: Api,
) -> None:
    assert await told(api, "PIP-09", "2024-03-21") == {}
    rule = await told(api, "PIP-09", "2024-03-22")
    assert "客户数据不在此豁免内" in rule["says"]["zh"]
    assert "customer data is not" in rule["says"]["en"]
    assert rule["pack_action"] == "block"


@pytest.mark.law("PAY-09")
async def test_the_amounts_of_the_crime_of_refusing_to_pay_are_those_of_the_interpretation_of_2013(api: Api) -> None:
    assert await told(api, "PAY-09", "2013-01-22") == {}
    rule = await told(api, "PAY-09", "2013-01-23")
    assert rule["params"] == {
        "months": 3,
        "single_low": 5000,
        "single_high": 20000,
        "many_workers": 10,
        "many_low": 30000,
        "many_high": 100000,
    }
