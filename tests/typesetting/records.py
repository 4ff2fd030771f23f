"""A handover record and a signing report of a small departure, to be varied."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from typesetting.handover import Approval, Clearance, Count, HandoverRecord, Item, Party
from typesetting.people import Person, Words
from typesetting.signing_report import Certificate, Signing, SigningReport, TimeStamp

AT = datetime(2026, 12, 21, 9, 30, 5, tzinfo=timezone(timedelta(hours=8)))
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LIN, ZHOU, WANG = Person("林晓", "S1512"), Person("周㛃", "S1033"), Person("王犇", "M0021")
ITEM = Item(
    "customers",
    Words("客户档案", "Customer files"),
    Words("全部有联系人", "every one has a contact"),
    "accepted",
    ZHOU,
    "双方已核对",
    "DOC-1",
)
RECORD = HandoverRecord(
    company="华东示例物流有限公司",
    case="c" * 32,
    arrived_on=date(2026, 11, 23),
    last_day=date(2026, 12, 23),
    drawn_up_at=AT,
    leaver=LIN,
    department=Words("销售部", "Sales"),
    position="销售经理",
    parties=(Party("leaver", "leaver", LIN), Party("receiver-1", "receiver", ZHOU), Party("witness", "witness", WANG)),
    items=(
        ITEM,
        replace(ITEM, category="tools", title=Words("门禁卡"), status="waived", receiver=None, reason="已报废"),
        replace(ITEM, title=Words("重点客户", "Key customers"), status="open", proof="", reference=""),
    ),
    counts=(Count("customer", 43, 1), Count("order", 18, 0)),
    portfolio_sha256=SHA256,
    clearances=(
        Clearance(Words("财务部", "Finance"), "approved", (Approval(WANG, AT, "无异议", on_behalf_of=ZHOU),)),
        Clearance(Words("信息技术部", "IT"), "sent_back", reason="电脑未还"),
    ),
    terms=Words("各方约定以电子方式签署本记录。", "The parties agree to sign electronically."),
)
CERTIFICATE = Certificate("CN=林晓 S1512", "CN=签署 CA", "4F:19:0A", SHA256)
STAMPS = (TimeStamp("自建时间戳", AT, "5F3A91"),)
SIGNED = Signing(
    "leaver",
    LIN,
    "signed",
    AT,
    Words("密码", "password"),
    CERTIFICATE,
    SHA256,
    "record-terms 2026-11",
    SHA256,
    STAMPS,
)
REFUSED = Signing("receiver", ZHOU, "refusal_witnessed", AT, reason="要求纸质文本", witnessed_by=WANG)
REPORT = SigningReport(
    company=RECORD.company,
    case=RECORD.case,
    document=Words("离职工作交接记录", "Handover record"),
    document_id="d1",
    document_sha256=SHA256,
    final_sha256=SHA256[::-1],
    signings=(SIGNED, REFUSED),
    archived=STAMPS,
    root_sha256="",
    drawn_up_at=AT,
)


def record(**changes: Any) -> HandoverRecord:
    return replace(RECORD, **changes)
