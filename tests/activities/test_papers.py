"""The papers themselves: what stands in them and what must not, made once, of the company's records, safe to show."""

import hashlib
import re
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from activities.failures import PersonMustAct
from activities.papers import DatabasePapers
from domain.case import PaperKind
from domain.certificate import FIELDS, Certificate
from domain.claims import DeductionStatus
from domain.money import Money
from domain.obligations import Payment, PaymentKind
from models.database import reading, writing
from models.employment import EmploymentTerms
from models.law import library
from models.messages import IssuedPaper, PaperOrder
from models.tables import Account, ConnectedSystem, Department, Document, Employee, Notice, SystemRight
from tests import builders as b
from tests.domain import cases as c
from tests.domain import pay
from tests.pdf import Page, actions, read_pdf, sizes, squeezed
from typesetting.typesetter import MEDIA_TYPE

CASE = "c" * 32
COMPANY = "华东示例物流有限公司"
EVIL = "<script>alert(1)</script>&\"'"
FROZEN = (("crm", "contact_customers"), ("crm", "export"), ("erp", "create_orders"))
CERTIFICATE, NOTICE, AGREEMENT = PaperKind.CERTIFICATE, PaperKind.PRIVACY_NOTICE, PaperKind.FREEZE_AGREEMENT
STATEMENT, DEDUCTION = PaperKind.SETTLEMENT_STATEMENT, PaperKind.DEDUCTION_NOTICE
CLAIM = pay.proposed(pay.case(), line_amount="4200.00").deductions[0]
DECIDED = replace(
    CLAIM,
    status=DeductionStatus.DECIDED,
    amount=Money(Decimal("900.00"), "CNY"),
    decided_by="a-counsel",
    decided_because="客户亦有过错",
)
WAGES = Payment(PaymentKind.WAGES, c.LAST_DAY, c.NOW)
SEVERANCE = Payment(PaymentKind.SEVERANCE, date(2027, 1, 22), c.NOW)
BOOK = library().book("CN-SH").pinned
ABOUT: dict[PaperKind, dict[str, Any]] = {
    AGREEMENT: {"frozen": FROZEN},
    STATEMENT: {"book": BOOK, "payments": (WAGES,)},
    DEDUCTION: {"book": BOOK, "deductions": (CLAIM,), "reply_until": date(2026, 11, 30)},
}
"""What an order of each kind carries beside the usual."""
NOT_IN_A_CERTIFICATE = ("原因", "辞职", "表现", "评价", "放弃", "争议", "结清", "交接", "reason", "waive", "handover")
NOT_IN_A_STATEMENT = (
    "放弃",
    "结清",
    "无其他",
    "再无",
    "争议均已",
    "本人确认",
    "waive",
    "full and final",
    "no further",
    "settled in",
)
NOT_IN_AN_AGREEMENT = ("违约金", "赔偿", "放弃", "结清", "无其他任何争议", "penalty", "damages", "waive", "liquidated")


@pytest.fixture
def company(engine: Engine) -> Engine:
    """Lin, a sales manager since 2020 with a fixed-term contract, has resigned."""
    b.company(engine)
    b.notice(engine, CASE, c.NOW)
    change(engine, Employee, "e-lin", name="林晓", title="销售经理")
    change(engine, Account, "a-hr", name="张小燕")
    change(engine, Department, "sales", name_zh="销售部", name_en="Sales")
    terms = {"region": "CN-SH", "contract_from": date(2023, 1, 1), "contract_until": date(2028, 12, 31)}
    change(engine, EmploymentTerms, "e-lin", **terms)
    return engine


def change(engine: Engine, table: type[SQLModel], key: Any, **values: Any) -> None:
    with writing(engine) as session:
        row = session.get_one(table, key)
        for name, value in values.items():
            setattr(row, name, value)


def order(kind: PaperKind, **changes: Any) -> PaperOrder:
    usual: dict[str, Any] = {
        "case_id": CASE,
        "employee_id": "e-lin",
        "kind": kind,
        "last_day": c.LAST_DAY,
        "now": c.OVER if kind in (CERTIFICATE, STATEMENT) else c.NOW,
        **ABOUT.get(kind, {}),
    }
    return PaperOrder(**{**usual, **changes})


def issue(engine: Engine, kind: PaperKind, company: str = COMPANY, **changes: Any) -> IssuedPaper:
    return DatabasePapers(engine, company).issue(order(kind, **changes))


def stored(engine: Engine) -> list[Document]:
    with reading(engine) as session:
        return list(session.exec(select(Document)).all())


def read(engine: Engine, kind: PaperKind, **changes: Any) -> Page:
    """The paper as it was stored."""
    made = issue(engine, kind, **changes)
    with reading(engine) as session:
        return read_pdf(session.get_one(Document, made.document_id).content)


@pytest.mark.law("HND-06", "CRT-01")
def test_the_certificate_states_exactly_the_four_fields_of_the_law(company: Engine) -> None:
    shown = read(company, CERTIFICATE)
    assert shown.rows[:4] == [
        (FIELDS[0], "固定期限，自2023年1月1日起至2028年12月31日止"),
        (FIELDS[1], "2026年12月23日"),
        (FIELDS[2], "销售经理"),
        (FIELDS[3], "6年11个月（自2020年1月1日起至2026年12月23日止）"),
    ]
    assert len(shown.rows) == 8
    for said in ("林晓", "n-lin", COMPANY, "盖章", "出具日期：2026年12月23日", "特此证明"):
        assert shown.says(said), said


@pytest.mark.law("HND-06", "HND-04")
def test_the_certificate_gives_no_reason_no_evaluation_no_waiver_and_no_word_of_the_handover(company: Engine) -> None:
    shown = read(company, CERTIFICATE)
    assert shown.mentions(NOT_IN_A_CERTIFICATE) == []
    assert set(shown.data) == {"company", "employee", "issued_on", "certificate", "labels"}
    assert set(shown.data["certificate"]) == {item.name for item in fields(Certificate)}
    assert set(shown.data["employee"]) == {"name", "number"}


@pytest.mark.law("HND-06")
def test_a_contract_without_an_end_is_called_one_without_a_fixed_term(company: Engine) -> None:
    change(company, EmploymentTerms, "e-lin", contract_from=None, contract_until=None)
    shown = read(company, CERTIFICATE)
    assert shown.rows[0] == (FIELDS[0], "无固定期限，自2020年1月1日起")
    assert shown.rows[4][1] == squeezed("Without a fixed term, from 1 January 2020")


@pytest.mark.parametrize(
    ("hired_on", "zh", "en"),
    [
        (date(2026, 12, 1), "不满1个月", "less than one month"),
        (date(2026, 11, 20), "1个月", "1 month"),
        (date(2025, 12, 24), "1年", "1 year"),
        (date(2024, 10, 24), "2年2个月", "2 years, 2 months"),
    ],
)
def test_service_is_said_in_full_years_and_months(company: Engine, hired_on: date, zh: str, en: str) -> None:
    change(company, Employee, "e-lin", hired_on=hired_on)
    change(company, EmploymentTerms, "e-lin", contract_from=hired_on)
    rows = read(company, CERTIFICATE).rows
    assert rows[3][1].startswith(f"{zh}（")
    assert rows[7][1].startswith(squeezed(f"{en}(from"))


@pytest.mark.law("HND-06")
@pytest.mark.parametrize(
    ("table", "values", "field", "where"),
    [
        (Employee, {"title": " ", "job": ""}, FIELDS[2], "title in employees"),
        (Employee, {"hired_on": date(2027, 1, 1)}, FIELDS[3], "hired_on in employees"),
        (EmploymentTerms, {"contract_from": date(2027, 1, 1)}, FIELDS[0], "contract_from in terms"),
    ],
)
def test_a_missing_field_is_refused_and_named_and_nothing_is_stored(
    company: Engine, table: type[SQLModel], values: dict[str, Any], field: str, where: str
) -> None:
    change(company, table, "e-lin", **values)
    with pytest.raises(PersonMustAct, match=re.escape(field)) as refused:
        issue(company, CERTIFICATE)
    assert where in refused.value.message
    assert stored(company) == []


@pytest.mark.law("HND-06")
def test_without_any_terms_on_file_nobody_claims_that_the_contract_had_no_end(company: Engine) -> None:
    with writing(company) as session:
        session.delete(session.get_one(EmploymentTerms, "e-lin"))
    with pytest.raises(PersonMustAct, match=FIELDS[0]):
        issue(company, CERTIFICATE)
    assert issue(company, NOTICE)
    assert issue(company, AGREEMENT)


@pytest.mark.parametrize("kind", PaperKind)
def test_no_paper_is_issued_in_nobodys_name(company: Engine, kind: PaperKind) -> None:
    with pytest.raises(PersonMustAct, match="WANBI_COMPANY_NAME"):
        issue(company, kind, company=" ")
    with pytest.raises(PersonMustAct, match="no notice or employee"):
        issue(company, kind, case_id="d" * 32)
    assert stored(company) == []


@pytest.mark.parametrize("kind", PaperKind)
def test_the_same_order_gives_the_same_paper_once(company: Engine, kind: PaperKind) -> None:
    first = issue(company, kind)
    assert issue(company, kind) == first
    (document,) = stored(company)
    assert (document.id, document.sha256) == (first.document_id, hashlib.sha256(document.content).hexdigest())
    assert (document.kind, document.media_type, document.case_id) == (f"paper:{kind}", MEDIA_TYPE, CASE)
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{16}", document.id)


@pytest.mark.parametrize("kind", PaperKind)
def test_other_data_of_the_company_give_another_paper_and_change_none(company: Engine, kind: PaperKind) -> None:
    first = issue(company, kind)
    before = stored(company)[0].content
    change(company, Employee, "e-lin", name="林小")
    second = issue(company, kind)
    assert second.document_id != first.document_id
    with reading(company) as session:
        assert session.get_one(Document, first.document_id).content == before


@pytest.mark.parametrize("kind", PaperKind)
def test_hostile_names_are_text_and_nothing_else(company: Engine, kind: PaperKind) -> None:
    change(company, Employee, "e-lin", name=EVIL, title=EVIL)
    change(company, Account, "a-hr", name=EVIL, email=EVIL)
    change(company, Department, "sales", name_zh=EVIL, name_en=EVIL)
    change(company, ConnectedSystem, "crm", name_zh=EVIL, name_en=EVIL)
    change(company, SystemRight, ("crm", "export"), name_zh=EVIL, name_en=EVIL)
    shown = read(company, kind, company=EVIL)
    assert shown.says(EVIL)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_loads_nothing_runs_nothing_and_prints_on_a4(company: Engine, kind: PaperKind) -> None:
    made = issue(company, kind)
    (document,) = stored(company)
    assert document.id == made.document_id
    assert actions(document.content) == []
    assert {(round(width), round(height)) for width, height in sizes(document.content)} == {(595, 842)}


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_says_in_chinese_first_and_in_english_below_the_same_of_the_same_person(
    company: Engine, kind: PaperKind
) -> None:
    shown = read(company, kind)
    for half in shown.halves():
        assert "n-lin" in half
        assert COMPANY in half
    without_data = re.sub(r"林晓|张小燕|销售经理|华东示例物流有限公司", "", shown.halves()[1])
    assert not re.search(r"[\u4e00-\u9fff]", without_data)
    assert len(shown.rows) % 2 == 0, "as many rows in the one language as in the other"


@pytest.mark.law("PIP-03", "RET-01")
def test_the_privacy_notice_names_controller_purposes_manner_categories_periods_and_rights(company: Engine) -> None:
    shown = read(company, NOTICE)
    for said in (COMPANY, "张小燕", "hr@example.com", "处理目的", "处理方式", "个人信息种类", "保存期限", "查阅、复制"):
        assert shown.says(said), said
    assert shown.rows[:4] == [
        ("劳动合同文本", "至2028年12月23日"),
        ("工资支付记录", "至2028年12月23日"),
        ("离职案卷（含交接记录）", "至2029年12月23日"),
        ("系统日志", "至2027年6月23日"),
    ]


@pytest.mark.law("PIP-02")
def test_the_privacy_notice_rests_on_contract_and_law_and_asks_consent_only_for_what_goes_beyond(
    company: Engine,
) -> None:
    said = read(company, NOTICE).text
    assert "《个人信息保护法》第十三条第一款第二项、第三项" in said
    assert "超出上述范围的处理，将另行取得您的同意" in said
    assert "本人同意" not in said, "nothing to sign away is bundled in (HND-04)"


@pytest.mark.law("PIP-03", "RET-01")
def test_the_privacy_notice_speaks_of_non_compete_papers_only_where_one_was_agreed(company: Engine) -> None:
    assert "竞业" not in read(company, NOTICE).text
    change(company, EmploymentTerms, "e-lin", non_compete_months=12)
    assert read(company, NOTICE).has_row("竞业限制文件（约定竞业限制且未免除的）", "至2030年12月23日")


@pytest.mark.law("FRZ-01", "FRZ-03")
def test_the_agreement_names_both_sides_the_period_what_is_suspended_and_full_pay(company: Engine) -> None:
    change(company, EmploymentTerms, "e-lin", monthly_wage=Decimal("21000.5"), average_wage=Decimal(30000))
    change(company, ConnectedSystem, "crm", name_zh="客户关系管理", name_en="Customer relations")
    change(company, SystemRight, ("crm", "export"), name_zh="导出", name_en="Export")
    shown = read(company, AGREEMENT)
    assert shown.has_row("甲方（用人单位）", COMPANY)
    assert shown.has_row("乙方（劳动者）", "林晓（员工编号：n-lin）")
    assert shown.has_row("客户关系管理", "contact_customers和导出")
    assert shown.has_row("Customer relations", "contact_customers and Export")
    for said in ("自2026年11月23日起至最后工作日2026年12月23日止", "每月人民币21,000.50元", "全额支付", "30,000.00"):
        assert shown.says(said), said
    for said in ("甲方（盖章）", "乙方（签字）", "提成保障（选择适用）", "CN-SH", "销售部"):
        assert shown.says(said), said


@pytest.mark.law("FRZ-03")
def test_a_wage_that_is_not_on_file_is_a_blank_to_fill_in_never_a_smaller_sum(company: Engine) -> None:
    shown = read(company, AGREEMENT)
    assert shown.says("每月人民币元，按原定日期支付")
    assert (shown.data["wage"], shown.data["average"]) == (None, None)
    assert not shown.says("最低工资")


@pytest.mark.law("NOT-14", "HND-04")
def test_the_agreement_holds_neither_penalty_nor_waiver(company: Engine) -> None:
    assert read(company, AGREEMENT).mentions(NOT_IN_AN_AGREEMENT) == []


def test_days_are_counted_where_the_law_applies(company: Engine) -> None:
    """At 24:00 of 23 December in Shanghai it is still the afternoon of that day in UTC."""
    assert "出具日期：2026年12月23日" in read(company, CERTIFICATE).text, "made at midnight, it is the last day's"
    assert "出具日期：2026年12月24日" in read(company, CERTIFICATE, now=c.OVER + timedelta(hours=1)).text
    assert "出具日期：2026年12月23日" in read(company, CERTIFICATE, now=c.OVER - timedelta(minutes=1)).text


def test_what_lost_its_name_since_is_called_by_its_key(company: Engine) -> None:
    shown = read(company, AGREEMENT, frozen=(("old_erp", "pay"),))
    assert shown.has_row("old_erp", "pay")


def statement(engine: Engine, *payments: Payment, **changes: Any) -> Page:
    return read(engine, STATEMENT, payments=payments or (WAGES,), **changes)


def lines(shown: Page) -> dict[str, tuple[str, str]]:
    """Amount and due day of each line of the Chinese table."""
    table = [row for row in shown.rows if len(row) >= 3]
    chinese = table[1 : len(table) // 2]
    return {row[0]: (row[1], row[2]) for row in chinese}


@pytest.mark.law("HND-04", "PAY-02")
def test_the_statement_names_each_sum_by_itself_with_its_day_its_law_and_its_working(company: Engine) -> None:
    change(
        company, EmploymentTerms, "e-lin", average_wage=Decimal(21750), leave_days=Decimal(10), leave_taken=Decimal(4)
    )
    shown = statement(company, WAGES, SEVERANCE)
    assert lines(shown)["未休年休假工资"] == ("10,000.00", "2026年12月23日")
    for said in (
        "《企业职工带薪年休假实施办法》第十二条",
        "max(0, ⌊357 ÷ 365 × 10 − 4⌋) = 5; 21750.00 ÷ 21.75 × 5 × 200 % = 10000.00",
        "Measures on Paid Annual Leave of Enterprise Employees art. 12",
        "《劳动合同法》第三十条",
        "不以办结工作交接为条件",
    ):
        assert shown.says(said), said


@pytest.mark.law("HND-04")
def test_what_is_not_on_file_is_a_blank_and_never_zero(company: Engine) -> None:
    shown = statement(company, WAGES)
    assert {amount for amount, _ in lines(shown).values()} == {""}
    assert {line["amount"] for line in shown.data["lines"]} == {None}
    assert (shown.data["stated"], shown.data["total"]) == (None, None)


@pytest.mark.law("HND-04", "HND-03")
def test_severance_is_reckoned_where_the_ending_gives_it_and_no_line_where_it_does_not(company: Engine) -> None:
    change(company, EmploymentTerms, "e-lin", average_wage=Decimal(20000))
    assert "经济补偿" not in lines(statement(company, WAGES))
    change(company, Notice, CASE, ending="employer_fault")
    assert lines(statement(company, WAGES, SEVERANCE))["经济补偿"] == ("140,000.00", "2027年1月22日")
    change(company, Notice, CASE, ending="expiry")
    shown = statement(company, WAGES, SEVERANCE)
    assert lines(shown)["经济补偿"][0] == ""
    assert shown.says("是否应付有待认定")
    dismissed = replace(SEVERANCE, dismissed_because="she declined")
    assert "经济补偿" not in lines(statement(company, WAGES, dismissed))


@pytest.mark.law("HND-04")
def test_the_statement_holds_no_waiver_and_no_line_for_the_employee_to_sign(company: Engine) -> None:
    shown = statement(company, WAGES, SEVERANCE)
    assert shown.mentions(NOT_IN_A_STATEMENT) == []
    assert shown.says("无需员工签署，不影响双方依法享有的权利")
    assert shown.mentions(("员工（签字）", "乙方")) == []


def test_the_statement_reckons_by_the_law_that_the_case_is_pinned_to(company: Engine) -> None:
    with pytest.raises(KeyError, match="1999-01"):
        issue(company, STATEMENT, book=replace(BOOK, version="1999-01"))


@pytest.mark.law("HND-04", "PAY-03", "PAY-04")
def test_what_was_decided_to_be_deducted_is_a_line_of_its_own_below_zero_with_who_decided_it_and_why(
    company: Engine,
) -> None:
    change(company, EmploymentTerms, "e-lin", average_wage=Decimal(21750), leave_days=Decimal(10))
    change(company, Account, "a-counsel", name="周律")
    shown = statement(company, WAGES, deductions=(DECIDED,))
    assert lines(shown)["扣款：SO-2611"][0] == "−900.00"
    assert lines(shown)["已列明金额小计（不含空白）"][0] == "17,100.00"
    for said in ("决定人：周律，理由：客户亦有过错", "Decided by 周律", CLAIM.working):
        assert shown.says(said), said


@pytest.mark.law("PAY-04")
def test_what_nobody_decided_can_not_stand_in_a_statement(company: Engine) -> None:
    with pytest.raises(ValueError, match="nobody has decided deduction d1"):
        issue(company, STATEMENT, deductions=(CLAIM,))


@pytest.mark.law("PAY-03", "PAY-04")
def test_the_notice_of_a_deduction_says_why_how_much_on_what_evidence_and_how_to_reply_until_when(
    company: Engine,
) -> None:
    shown = read(company, DEDUCTION)
    for row in (
        ("事项", "SO-2611"),
        ("理由", "sent to the wrong address"),
        ("已证明的损失", "1,800.00 CNY"),
        ("拟扣金额", "1,500.00 CNY"),
        ("最多可扣金额", "1,500.00 CNY"),
        ("事先约定", "劳动合同：clause 12（2024年3月1日）"),
        ("过错", "F-1"),
        ("损失", "L-1"),
        ("因果关系", "C-1"),
    ):
        assert shown.has_row(*row), row
    for said in (
        "请在2026年11月30日（含当日）以前答复",
        "12000.00 × 20 % = 2400.00; 12000.00 − 2740.00 = 9260.00; max(0, min(2400.00, 9260.00) − 0.00) = 2400.00",
        "没有答复不视为同意",
        "仍未决定的，工资全额发放",
        "张小燕",
        "《工资支付暂行规定》第十五条、第十六条",
        "30 November 2026",
        "Silence is no consent",
    ):
        assert shown.says(said), said


@pytest.mark.law("HND-04", "PAY-04")
def test_neither_notice_nor_statement_bundles_a_waiver(company: Engine) -> None:
    for shown in (read(company, DEDUCTION), statement(company, WAGES, deductions=(DECIDED,))):
        assert shown.mentions(NOT_IN_A_STATEMENT) == []


def test_hostile_words_in_a_claim_are_text_and_nothing_else(company: Engine) -> None:
    body = pay.claim(subject=EVIL, reason=EVIL, agreement=EVIL, fault=EVIL, loss=EVIL, causation=EVIL)
    claim = replace(CLAIM, proposal=body.proposal)
    shown = read(company, DEDUCTION, deductions=(claim,))
    assert shown.rows.count(("过错", squeezed(EVIL))) == 1
    decided = replace(claim, amount=DECIDED.amount, decided_by="a-counsel", decided_because=EVIL)
    assert statement(company, WAGES, deductions=(decided,)).says(EVIL)
