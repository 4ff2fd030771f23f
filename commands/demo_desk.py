"""Chapters of the demo that happen at the desk: what hangs on her, her blocked order, each customer, the figures."""

from typing import Any

from commands.demo_story import Story, entries, named
from commands.person import Person

SERVICE, SECOND = "huang.lijuan", "song.jia"
"""Takes orders that customers send; receives the customer that the first receiver refuses."""
SECOND_NUMBER = "S1515"
LINES = [{"product": "FCL-40HQ", "name": "整柜海运 40HQ", "quantity": "2", "unit_price": "18600.00"}]
FEW = 3


def before_anybody_resigns(story: Story) -> None:
    story.part("离职之前", "Before anybody resigns")
    held = story.cast.hr.get(f"/employees/{story.cast.salesperson}/departure-preview")["holdings"]
    customers, (turnover, *_) = held["customers"]["customers"], held["customers"]["turnover"]
    share = f"{100 * float(turnover['share_of_company']):.0f}%"
    orders = sum(line["orders"] for line in held["orders"])
    owed = held["receivables"][0]
    story.check(customers > 0 and orders > 0, "she holds nothing")
    story.tell(
        f"试算：如果林晓离职，涉及 {customers} 户客户（公司近一年营业额的 {share}）、{orders} 笔未结订单、"
        f"应收 {owed['open']['amount']} 元（逾期 {owed['overdue']} 笔）",
        f"Dry run: it would orphan {customers} customers, {share} of a year's turnover, {orders} open orders",
    )
    history = story.cast.hr.get("/desk/insight/history", employee=story.cast.salesperson)
    weeks = len({line["week"] for line in history})
    story.tell(
        f"客户档案完整度与营业额集中度：{weeks} 周历史可查", f"{weeks} weeks of figures about files and turnover"
    )


def blocked_and_routed(story: Story) -> None:
    story.part("冻结之后的订单", "Orders after the freeze")
    counts = story.until(lambda d: bool(d["case"]["portfolio"]), "written down")["case"]["portfolio"]["counts"]
    total = {line["kind"]: line["total"] for line in counts}
    story.tell(
        f"名下全部已列入清单：客户 {total['customer']}、订单 {total['order']}、应收 {total['receivable']}",
        f"All that she holds is written down: {total['customer']} customers and what hangs on them",
    )
    leaver = story.person(story.case()["plan"]["leaver"])
    customer = next(iter(entries(story.cast.hr, story.case_id, kind="customer")))["record"]
    refused = leaver.post("/desk/orders", {"customer": customer, "lines": LINES}, expect=403)
    story.check(refused["code"] == "desk.frozen", f"refused for another reason: {refused['code']}")
    story.tell(
        "林晓为老客户下单：系统拒绝，并记入证据链", "She takes an order: the desk refuses it, and the chain knows"
    )
    service = story.cast.login(SERVICE)
    number = service.get(f"/desk/customers/{customer}")["number"]
    sent = {"customer_number": number, "customer_reference": "PO-2026-118", "lines": LINES}
    routed = service.post("/desk/incoming-orders", sent, expect=201)
    placed = service.get(f"/desk/orders/{routed['id']}")
    receiver = story.person(story.case()["plan"]["receiver"])
    told = [line["kind"] for line in receiver.get("/inbox/messages", limit=20)["items"]]
    story.check("order_routed" in told, "the receiver was not told")
    now, before = placed["owner"]["name"], placed["origin_owner"]["name"]
    story.tell(
        f"同一客户自己发来订单：转给{now}，保留原归属（{before}），并通知接收人",
        "The same customer sends an order: it reaches the receiver, whose it was is kept, and the receiver is told",
    )


def customer_by_customer(story: Story) -> None:
    story.part("逐户移交", "Customer by customer")
    case = story.case()
    witness, receiver = story.person(case["plan"]["witness"]), story.person(case["plan"]["receiver"])
    sales = {"department": "sales", "verdict": "approve"}
    early = witness.decide(story.case_id, "decide_clearance", **sales, expect=409)
    story.check(early["code"] == "clearance.portfolio_open", f"refused for another reason: {early['code']}")
    story.tell(
        f"销售想提前确认：被拒绝。{early['detail']}", "Sales wants to confirm early: refused while items are open"
    )

    first, *others = entries(receiver, story.case_id, kind="customer", state="proposed")
    _decide(story, receiver, "refuse", [first], reason="该客户负责人是本人亲属，须回避")
    again = next(e for e in entries(witness, story.case_id, state="refused") if e["record"] == first["record"])
    given = {"receivers": [SECOND_NUMBER], "entries": [named(again)]}
    witness.post(f"/cases/{story.case_id}/portfolio/assignments", given)
    second = story.cast.login(SECOND)
    _decide(story, second, "accept", list(entries(second, story.case_id, kind="customer", state="proposed")))
    story.tell(
        f"周敏退回客户 {first['number']}（须回避），监交人改派宋佳，宋佳接收",
        "One customer is refused with a reason; the witness assigns it anew, and it is accepted",
    )
    _decide(story, receiver, "accept", others)
    for person in (receiver, second):
        rest = list(entries(person, story.case_id, state="proposed"))
        if rest:
            _decide(story, person, "accept", rest)
    story.tell(
        f"其余 {len(others)} 户逐户接收，联系人、沟通记录、订单与应收原样随客户转移",
        f"The other {len(others)} are accepted; contacts, conversations, orders and receivables go along as they are",
    )
    told = list(entries(receiver, story.case_id, kind="customer", state="accepted"))[:FEW]
    _decide(story, receiver, "introduce", told)
    for person in (receiver, second):
        for state in ("accepted", "waiting_for_customer"):
            known = list(entries(person, story.case_id, kind="customer", state=state))
            if known:
                _decide(story, person, "confirm", known)
    counts = witness.get(f"/cases/{story.case_id}/portfolio")["counts"]
    story.check(sum(line["open"] for line in counts) == 0, f"something is open: {counts}")
    story.tell("客户都已知悉新联系人：逐户移交完成", "Every customer knows its new contact: done, one by one")


def what_it_came_to(story: Story) -> None:
    story.part("算清楚", "What it came to")
    after = story.cast.hr.get(f"/cases/{story.case_id}/after")
    blocked = sum(line["attempts"] for line in after["attempts"] if line["outcome"] == "refused")
    story.check(blocked == 1, f"{blocked} blocked attempts, not one")
    receivers = {line["receiver"]["name"]: line["customers"] for line in after["receivers"] if line["receiver"]}
    orders = sum(line["orders"] for line in after["orders"])
    story.check(all(line["actor"] != "leaver" for line in after["orders"]), "an order of hers went through")
    shared = "、".join(f"{name} {count} 户" for name, count in receivers.items())
    story.tell(
        f"通知后：被拦截下单 {blocked} 次；客户新订单 {orders} 笔，均不在林晓名下；{shared}",
        f"After the notice: {blocked} order blocked, {orders} new order(s), none of them hers; customers by receiver",
    )
    windows = "、".join(f"{line['days']} 天" for line in after["windows"])
    story.tell(
        f"流失统计：最后工作日后 {windows}，与去年同期和公司其他客户对比，到期自动给出",
        "Loss is told when its windows are over, beside the year before and the company's other customers",
    )
    body = {"wage": "16200.00", "claims": []}
    assessed = story.cast.hr.post(f"/cases/{story.case_id}/commission/assessment", body, expect=201)["assessment"]
    story.tell(
        f"提成评估：现应付 {assessed['payable_now']['amount']} 元，待回款 {assessed['accruing']['amount']} 元，"
        f"可主张扣减 {assessed['defensible']['amount']} 元；只供人决定，不自动扣减",
        "Commission: what is payable, what accrues with receipts, what could be defended; nothing is deducted by it",
    )


def _decide(story: Story, person: Person, step: str, which: list[dict[str, Any]], **more: str) -> None:
    body = {"step": step, "entries": [named(entry) for entry in which], **more}
    person.post(f"/cases/{story.case_id}/portfolio/decisions", body)
