"""What a letter says: to each person in the own language and time zone, with names, without customers."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from activities.letters import compose, message_id
from domain import checklist, grants, last_day
from domain.case import Case
from domain.people import Text
from domain.plan import ItemPlan
from models.outbox import Letter
from models.projection import new_row, to_snapshot
from models.tables import Account, NotificationRow
from models.wording import Reader, Told, Wording
from tests import spoken
from tests.domain import cases

NOW = cases.NOW
SYSTEMS = {"erp": Text("订单系统", "Order system")}
ZH = Reader("lin", "zh", "Asia/Shanghai")
EN = Reader("lin", "en", "America/New_York")
SUBJECTS: dict[str, tuple[str, ...]] = {
    "items": ("customer_files", "devices"),
    "receiver": ("customer_files",),
    "clearance": ("sales",),
    "grant": ("g1", "erp"),
    "access": ("erp",),
    "last": ("2026-12-11",),
    "signature": ("d1",),
    "seal": ("d1",),
    "paper": ("certificate", "no title"),
    "duty": ("archives_and_insurance", "2027-01-07"),
    "compensation": ("1", "2027-01-23"),
    "payment": ("wages", "2027-01-23"),
    "deduction": ("d1", "2027-01-23"),
    "portfolio": ("12",),
    "order": ("SO-2026-118",),
    "commission": ("HT-2026-9", "a1", "2026-11-25"),
    "erasure": ("case_file", "2029-12-24"),
    "file": ("case_file",),
    "limitation": ("claim", "2028-03-01"),
    "non": ("2027-06-30",),
    "digest": ("item:customer_files", "clearance:sales", "grant:g1", "signature:lin", "last_day", "withdrawal"),
}


def a_case() -> Case:
    """Lin's case: two items, departments and systems with names, a grant that runs until 18:00 in Shanghai."""
    case = cases.handing_over(
        items=(
            ItemPlan("customer_files", Text("客户档案", "Customer files"), Text("完成", "done"), "customers"),
            ItemPlan("devices", Text("设备", "Devices"), Text("完成", "done"), "devices", False),
        ),
        clearances=(replace(cases.department("sales", ("clerk",)), title=Text("销售部", "Sales")),),
    )
    case = grants.request(case, cases.LEAVER, "erp", ("create_orders",), "客户华东物流要改地址", 8, NOW).case
    return grants.decide(case, cases.SECURITY, "g1", True, "", 8, NOW).case


def says(kind: str, *subjects: str, reader: Reader = ZH, case: Case | None = None) -> Told:
    return Wording(case or a_case(), "林晓", SYSTEMS).tell(kind, subjects, reader)


def letter(kind: str = "case_opened", *subjects: str, key: str = "c1:2:0:lin", **account: str) -> Letter:
    case = a_case()
    view = new_row(case, NOW)
    view.snapshot = to_snapshot(case)
    row = NotificationRow(key=key, account="lin", case_id="c1", kind=kind, subjects=list(subjects), at=NOW)
    values: dict[str, Any] = {
        "name": "王芳",
        "email": "wang@example.com",
        "language": "zh",
        "time_zone": "Asia/Shanghai",
        **account,
    }
    to = Account(id="lin", login="lin", password_hash="-", **values)
    return Letter(row, to, view, "林晓", SYSTEMS, NOW + timedelta(minutes=10))


def composed(letter: Letter, url: str = "https://wanbi.example/") -> EmailMessage:
    return compose(letter, "Wanbi <wanbi@corp.example>", url, NOW)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


@pytest.mark.parametrize("kind", sorted(spoken.first_arguments("Notification")))
@pytest.mark.parametrize("reader", [ZH, EN], ids=["zh", "en"])
def test_every_notification_has_all_its_names(kind: str, reader: Reader) -> None:
    subjects = SUBJECTS.get(kind.partition("_")[0], ())
    told = says(kind, *(("3", "2026-12-23") if kind == "last_day_near" else subjects), reader=reader)
    said = " ".join((told.subject, told.body, *told.tasks))
    for key in ("customer_files", "sales", "erp", "g1", "handing_over", "2026-12"):
        assert key not in said
    assert {"“”", "：。", ": ."} & set(said) == set()
    assert "林晓" in told.subject


def test_items_departments_and_systems_go_by_their_names() -> None:
    assert "客户档案和设备" in says("items_handed_over", "customer_files", "devices").body
    assert "Customer files and Devices" in says("items_handed_over", "customer_files", "devices", reader=EN).body
    assert "“销售部”" in says("clearance_asked", "sales").body
    assert "“Order system”" in says("access_alarm", "erp", reader=EN).body


def test_what_has_no_name_any_more_goes_by_its_key() -> None:
    assert "“crm”" in says("access_alarm", "crm").body
    assert "g9" in says("grant_revoked", "g9").body


def test_the_end_of_a_grant_is_told_on_the_readers_clock() -> None:
    assert "2026年11月23日 周一 18:00 (GMT+08:00)" in says("grant_approved", "g1", "erp").body
    assert "Mon 23 November 2026, 05:00 (GMT-05:00)" in says("grant_approved", "g1", "erp", reader=EN).body


@pytest.mark.parametrize(("days", "said"), [("0", "就是今天"), ("1", "明天"), ("3", "还有 3 天")])
def test_the_last_day_is_told_with_how_far_away_it_is(days: str, said: str) -> None:
    assert f"最后工作日为2026年12月23日（{said}）" in says("last_day_near", days, "2026-12-23").body


def test_a_reminder_lists_what_still_waits_for_its_reader_and_until_when() -> None:
    told = says("digest", "item:customer_files", "item:devices", "clearance:sales")
    assert told.tasks == (
        "移交：客户档案（最迟 2026年12月23日 周三 24:00 (GMT+08:00)）",
        "移交：设备（最迟 2026年12月23日 周三 24:00 (GMT+08:00)）",
    )
    assert "共 2 项" in told.body


def test_a_reminder_leaves_out_what_is_done() -> None:
    case = checklist.hand_over(a_case(), cases.LEAVER, ("customer_files",), cases.PROOF, NOW).case
    told = says("digest", "item:customer_files", "item:devices", reader=EN, case=case)
    assert told.tasks == ("Hand over: Devices (due Wed 23 December 2026, 11:00 (GMT-05:00))",)


def test_a_task_without_subject_or_date_is_named_alone() -> None:
    case = last_day.request_withdrawal(a_case(), cases.LEAVER, "想留下", NOW).case
    assert says("digest", "withdrawal", reader=replace(ZH, account="hr"), case=case).tasks == ("答复撤回辞职的申请",)


def test_a_letter_is_text_and_html_in_chinese_for_who_reads_chinese() -> None:
    message = composed(letter("receiver_assigned", "customer_files"))
    assert message["Subject"] == "林晓的离职交接：请您接收"
    assert message["To"].addresses[0].display_name == "王芳"
    assert message["Content-Language"] == "zh"
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        content = part(message, kind)
        assert "王芳，您好" in content
        assert "客户档案" in content
        assert "2026年11月23日 周一 10:00 (GMT+08:00)" in content
        assert "https://wanbi.example/cases/c1" in content
        assert "请勿直接回复" in content


def test_a_letter_is_in_english_and_on_new_yorks_clock_for_who_lives_there() -> None:
    message = composed(letter("case_opened", language="en", time_zone="America/New_York", name="Ann"))
    assert message["Subject"] == "林晓's departure: the case is open"
    assert message["Content-Language"] == "en"
    assert "Hello Ann," in part(message, "plain")
    assert "Sun 22 November 2026, 21:00 (GMT-05:00)" in part(message, "plain")
    assert '<html lang="en">' in part(message, "html")


def test_without_a_public_address_there_is_no_link() -> None:
    message = composed(letter(), url="")
    assert "http" not in part(message, "plain")
    assert "<a " not in part(message, "html")


def test_machines_can_tell_that_a_machine_wrote_it() -> None:
    assert composed(letter())["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_the_notifications_own_and_tells_nothing_of_it() -> None:
    first, again = composed(letter(key="c1:2:0:lin")), composed(letter(key="c1:2:0:lin"))
    assert first["Message-ID"] == again["Message-ID"] == message_id("c1:2:0:lin", "corp.example")
    assert first["Message-ID"] != composed(letter(key="c1:2:0:wang"))["Message-ID"]
    assert "lin" not in first["Message-ID"]


def test_every_mail_server_can_carry_it() -> None:
    raw = bytes(composed(letter(name="王" * 200)))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


@pytest.mark.parametrize("name", ["Ann\r\nBcc: thief@example.com", 'Ann" <thief@example.com>, "', "王芳\u2028Bcc: x"])
def test_a_name_cannot_add_a_header_or_a_recipient(name: str) -> None:
    message = composed(letter(name=name))
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["wang@example.com"]


@pytest.mark.parametrize(
    "email",
    [
        "wang@example.com\r\nBcc: thief@example.com",
        "wang@example.com, thief@example.com",
        "wang",
        "@",
        "a@b@c",
        "<>",
        "",
    ],
)
def test_an_address_that_is_not_one_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="not one"):
        composed(letter(email=email))


def test_html_in_a_name_is_only_a_name() -> None:
    content = part(composed(letter(name="<script>alert(1)</script>")), "html")
    assert "<script>" not in content
    assert "&lt;script&gt;" in content


def test_what_people_wrote_about_customers_stays_out_of_the_mail() -> None:
    for kind in sorted(spoken.first_arguments("Notification")):
        message = composed(letter(kind, *SUBJECTS.get(kind.partition("_")[0], ())))
        assert "华东物流" not in part(message, "plain") + part(message, "html")
