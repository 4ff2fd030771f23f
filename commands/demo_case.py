"""Chapters of the demo that happen in the case: freeze, grants, checklist, clearances, signatures, the last day."""

from datetime import date, timedelta
from typing import Any

from commands.demo_story import Story, followed
from commands.sample import WITHOUT_BASIS
from domain.timezones import local_date
from models.database import utc_now
from texts import text

COLLEAGUE = "zhou.min"
"""Receives the customers."""


def notice_and_freeze(story: Story) -> None:
    story.part("辞职通知到达", "The notice arrives")
    before = story.rights()
    colleague = next(a for a in story.cast.accounts() if a["login"] == COLLEAGUE)
    body = {
        "employee_number": story.cast.salesperson,
        "channel": "email",
        "text": "本人因个人原因辞职，请知悉。",
        "receiver": colleague["id"],
    }
    registered = story.cast.hr.post("/cases", body, expect=201)
    story.case_id = registered["case_id"]
    story.tell(
        f"人事登记辞职通知；依法最后工作日为 {registered['last_day']}，无须任何人批准。",
        f"HR registers the notice; by law the last day is {registered['last_day']}. Nobody has to approve it.",
    )
    detail = story.until(lambda d: d["stage"] == "handing_over" and followed(d), "frozen and read back")
    frozen = story.rights()
    story.check(frozen < before, "the freeze took nothing away")
    for system in (found for found in detail["case"]["systems"] if found["frozen"]):
        kept = "、".join(system["observed"]) or "无"
        story.tell(
            f"{system['system']}：已冻结 {len(system['frozen'])} 项，回读保留 {kept}",
            f"{system['system']}: froze {len(system['frozen'])} right(s), read back what is left",
        )
    departments = [c["department"] for c in detail["case"]["clearances"]]
    story.tell(
        f"{len(departments)} 个部门同时收到通知：{'、'.join(departments)}",
        f"{len(departments)} departments are told at the same time",
    )


def temporary_access(story: Story) -> None:
    story.part("临时解冻", "A temporary, scoped grant")
    case = story.case()
    leaver = story.person(case["plan"]["leaver"])
    system = next(s for s in case["systems"] if s["frozen"])
    right = system["frozen"][0]
    asked = {"system": system["system"], "rights": [right], "reason": "客户要求更正收货地址", "hours": 4}
    leaver.decide(story.case_id, "request_grant", **{**asked, "rights": ["administer"]}, expect=422)
    story.tell("申请超出冻结范围的权限：被拒绝", "A request wider than the freeze is refused")
    leaver.decide(story.case_id, "request_grant", **asked)
    leaver.decide(story.case_id, "decide_grant", grant="g1", answer="accept", expect=403)
    story.tell("自己批准自己：被拒绝", "Nobody decides their own request")
    story.cast.security.decide(story.case_id, "decide_grant", grant="g1", answer="accept")
    story.until(followed, "granted and read back")
    story.check((system["system"], right) in story.rights(), "the grant gave nothing")
    story.tell(f"安全审批人批准 4 小时：{right} 已恢复并回读", f"Security grants 4 hours: {right} is back, read back")
    story.cast.fast_forward(story.case_id, hours=5)
    story.until(lambda d: d["case"]["grants"][0]["status"] == "expired" and followed(d), "expired")
    story.check((system["system"], right) not in story.rights(), "the grant outlived its hours")
    story.tell("五小时后：到期自动收回并回读", "Five hours later it has ended by itself, read back")


def handover(story: Story) -> None:
    story.part("交接清单", "The handover checklist")
    case = story.case()
    leaver = story.person(case["plan"]["leaver"])
    items = [item["id"] for item in case["items"]]
    leaver.decide(story.case_id, "hand_over_items", items=items, note="资料已上传共享盘", reference="DOC-2026-118")
    story.tell(f"移交人移交 {len(items)} 项，附证明", f"The leaver hands over {len(items)} items, with proof")
    receiver = story.person(case["plan"]["receiver"])
    receiver.decide(story.case_id, "decide_items", items=items[:1], answer="refuse", reason="缺少三家客户的联系人")
    story.tell("接收人退回一项：缺少联系人", "The receiver refuses one: contacts are missing")
    leaver.decide(story.case_id, "hand_over_items", items=items[:1], note="联系人已补齐")
    receiver.decide(story.case_id, "decide_items", items=items, answer="accept")
    story.check(all(i["status"] == "accepted" for i in story.case()["items"]), "an item is still open")
    story.tell("补齐后全部接收", "Completed, and all accepted")


def clearances(story: Story) -> None:
    story.part("部门确认", "Departments confirm, each on its own clock")
    first, *others = story.case()["clearances"]
    approver = story.person(first["seats"][0]["account"])
    department = first["department"]
    approver.decide(
        story.case_id, "decide_clearance", department=department, verdict="send_back", reason="缺最近一次拜访记录"
    )
    leaver = story.person(story.case()["plan"]["leaver"])
    leaver.decide(story.case_id, "resubmit_clearance", department=department, note="已补交")
    story.tell(
        f"{department} 退回，补交后重新确认", f"{department} sends its part back; it is completed and asked anew"
    )
    silent = others[-1]["department"]
    for clearance in [first, *others[:-1]]:
        for seat in clearance["seats"][: clearance["quorum"]]:
            story.person(seat["account"]).decide(
                story.case_id, "decide_clearance", department=clearance["department"], verdict="approve"
            )
    story.tell(
        f"{len(others)} 个部门确认；{silent} 没有回应", f"{len(others)} departments confirm; {silent} stays silent"
    )
    story.cast.fast_forward(story.case_id, days=9)
    clearance = next(c for c in story.case()["clearances"] if c["department"] == silent)
    story.check(clearance["level"] > 0, "silence was not escalated")
    story.tell(
        f"九天后：提醒 {clearance['reminders']} 次，并已升级到上一级", "Nine days later: reminded, and escalated"
    )
    for seat in clearance["seats"][-clearance["quorum"] :]:
        story.person(seat["account"]).decide(
            story.case_id, "decide_clearance", department=silent, verdict="approve", reason="代为确认"
        )
    story.tell(f"{silent} 由上一级确认", f"The next approver confirms for {silent}")


def signatures(story: Story) -> None:
    story.part("签署交接书", "Three people sign one record")
    record = story.until(lambda d: d["case"].get("record"), "presented")["case"]["record"]
    shown = story.cast.hr.get(f"/cases/{story.case_id}/record/signatures")
    story.check(shown["text"] == record["sha256"], "the record is not the one that the case presents")
    for signature in record["signatures"]:
        signed = story.person(signature["account"]).sign_record(story.case_id, story.cast.letters)
        story.tell(
            f"{signature['role']} 以密码和邮件验证码确认，用自己的密钥签署；文书哈希 {signed['sha256'][:16]}…",
            f"{signature['role']} confirms by password and mailed code, and signs with a key of their own",
        )
    asked = story.until(_asked_for_seal, "asked for the seal")
    keeper = story.person(_asked_for_seal(asked)[0])
    keeper.decide(story.case_id, "approve_seal", sha256=record["sha256"], answer="accept")
    story.tell("用印保管人核对后批准用印", "Whoever keeps the seal approves its use")
    story.until(lambda d: d["stage"] == "awaiting_last_day", "sealed")
    story.tell(f"交接书已封存，哈希 {record['sha256'][:16]}…", "The record is sealed")


def _asked_for_seal(detail: dict[str, Any]) -> list[str]:
    return [task["account"] for task in detail["tasks"] if task["kind"] == "approve_seal"]


def last_day(story: Story) -> None:
    story.part("最后工作日", "The last day")
    story.cast.fast_forward(story.case_id, days=40)
    closed = story.until(lambda d: not d["open"], "closed")
    story.check(closed["stage"] == "completed", f"closed as {closed['stage']}: {closed['case']['gaps']}")
    story.check(followed(closed) and story.rights() == set(), "a right outlived the last day")
    story.tell("全部权限收回并回读；离职案办结，无遗留", "Every right ended and read back; completed, no gaps")
    chain = story.cast.hr.get(f"/cases/{story.case_id}/chain")
    story.check(chain["intact"], f"the chain is broken: {chain['problems']}")
    story.tell(f"证据链 {chain['facts']} 条事实，完整", f"The evidence chain of {chain['facts']} facts is intact")


def afterwards(story: Story) -> None:
    """The case has closed; what the law still asks has its days, and a workflow of its own (CRT-02, CRT-03, SH-02)."""
    story.part("离职之后", "After the last day")
    case = story.until(lambda d: bool((d["case"]["aftercare"] or {}).get("alone")), "looked after")["case"]
    days = {duty["kind"]: date.fromisoformat(duty["due"]) for duty in case["aftercare"]["duties"]}
    first = date.fromisoformat(case["last_day"]) + timedelta(days=1)
    wanted = {"unemployed_list": 6, "archives_and_insurance": 14, "housing_fund": 29, "exit_filing": 6}
    story.check({kind: (day - first).days for kind, day in days.items()} == wanted, f"other days: {days}")
    for kind, day in days.items():
        done = {"duty": kind, "done_on": first.isoformat(), "reference": "回执 118"}
        story.cast.hr.decide(story.case_id, "complete_duty", **done)
        zh, en = text(f"duty.{kind}", "zh"), text(f"duty.{kind}", "en")
        story.tell(f"{zh}：期限 {day}，已办理并登记", f"{en}: due {day}, done and entered")
    paid = {"payment": "wages", "paid_on": case["last_day"], "reference": "银行回单 88201"}
    story.cast.hr.decide(story.case_id, "confirm_payment", **paid)
    story.tell("工资：最后工作日付清，已登记", "Wages: paid on the last day, entered")
    until = story.detail()["case"]["aftercare"]["arbitration_until"]
    story.tell(f"仲裁时效至 {until}，继续跟进", f"Claims can be brought until {until}: looked after until then")


def unlawful_freeze(story: Story) -> None:
    """Another salesperson, whose contract has no such clause: the freeze is refused, and lawfully repaired (N2)."""
    story.part("没有依据的冻结", "A freeze without a basis")
    body = {"employee_number": WITHOUT_BASIS, "channel": "email", "text": "本人因个人原因辞职，请知悉。"}
    story.case_id = story.cast.hr.post("/cases", body, expect=201)["case_id"]
    limited = story.until(lambda d: d["stage"] == "handing_over" and followed(d), "limited and read back")["case"]
    story.check(limited["freeze"]["scope"] == "limited", "a freeze without a basis went through")
    lost = {right for s in limited["systems"] for right in set(s["held"]) - set(s["desired"])}
    protected = {right for system in limited["systems"] for right in system["limited"]}
    story.check(bool(lost) and lost <= protected, f"more than data was taken away: {lost - protected}")
    cited = next(law for law in limited["plan"]["freeze"]["law"] if law["action"] == "block")
    story.tell(
        f"何俊没有合同条款，也未签收制度：依 {cited['rule_id']} 拒绝停止其业务，只限制 {'、'.join(sorted(lost))}",
        f"No clause, no acknowledged policy: {cited['rule_id']} refuses to stop the work; only data are protected",
    )
    today = local_date(utc_now(), "Asia/Shanghai").isoformat()
    story.cast.hr.decide(story.case_id, "file_freeze_agreement", reference="补充协议 2026-031", signed_on=today)
    full = story.until(followed, "frozen and read back")["case"]
    story.check(full["freeze"]["scope"] == "full", "the agreement did not carry the freeze")
    story.check(all(set(s["desired"]) == set(s["held"]) - set(s["frozen"]) for s in full["systems"]), "not all frozen")
    story.tell(
        "双方签署保证足额工资的补充协议，人事登记：冻结依法生效并回读",
        "Both sides sign an agreement that promises full pay; HR files it: the freeze goes on, lawfully, read back",
    )
