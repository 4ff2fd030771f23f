"""One good example of every kind of human decision, for the OpenAPI text and the guides."""

from typing import Any

_ITEMS = ["customer_files", "open_orders"]

EXAMPLES: dict[str, dict[str, Any]] = {
    "assign_receiver": {"items": _ITEMS, "receiver": "a_7f3c2b1d9e40"},
    "hand_over_items": {"items": _ITEMS, "note": "客户档案已逐一核对。", "reference": "DOC-2026-118"},
    "decide_items": {"items": _ITEMS, "answer": "accept"},
    "waive_items": {"items": ["company_seal"], "reason": "该员工未保管印章。"},
    "decide_clearance": {"department": "it", "verdict": "approve", "reason": "设备已归还。"},
    "resubmit_clearance": {"department": "finance", "note": "报销单已补交。"},
    "reassign_clearance": {"department": "finance", "to": "a_7f3c2b1d9e40", "reason": "原审批人休假。"},
    "delegate_clearance": {"department": "sales", "to": "a_7f3c2b1d9e40", "reason": "出差一周。"},
    "request_grant": {"system": "erp", "rights": ["change_orders"], "reason": "客户要求更正收货地址。", "hours": 4},
    "decide_grant": {"grant": "g1", "answer": "accept", "hours": 2},
    "extend_grant": {"grant": "g1", "hours": 2, "reason": "承运商尚未确认。"},
    "revoke_grant": {"grant": "g1", "reason": "已完成。"},
    "propose_last_day": {"day": "2026-12-11", "reason": "新公司希望提前入职。"},
    "answer_last_day": {"day": "2026-12-11", "answer": "accept"},
    "request_withdrawal": {"reason": "家庭原因已解决，希望留任。"},
    "answer_withdrawal": {"answer": "accept"},
    "sign_record": {"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "refuse_signature": {"account": "a_7f3c2b1d9e40", "reason": "对应收账款金额有异议。"},
    "witness_refusal": {"account": "a_7f3c2b1d9e40"},
    "confirm_freeze": {"answer": "accept", "reason": "员工手册经职工代表大会讨论，纪要已补入档案。"},
    "file_freeze_agreement": {"reference": "补充协议 2026-031", "signed_on": "2026-11-25"},
    "decide_non_compete": {"enforce": False, "reason": "未接触核心商业秘密，不启动竞业限制。"},
    "confirm_payment": {"payment": "wages", "paid_on": "2026-12-23", "reference": "银行回单 88201"},
    "dismiss_payment": {"payment": "severance", "reason": "单位以不低于原条件提出续订，员工书面拒绝，见 2026-118。"},
    "complete_duty": {"duty": "archives_and_insurance", "done_on": "2026-12-30", "reference": "社保减员回执 2026-118"},
    "confirm_compensation": {"month": 1, "paid_on": "2027-01-23", "reference": "银行回单 88213"},
    "excuse_compensation": {"month": 2, "reason": "员工银行账户已注销，已书面催告提供新账户。"},
    "record_interruption": {"kind": "claim", "on": "2027-03-01", "reference": "员工来函要求支付提成"},
    "end_non_compete": {"side": "employer", "on": "2027-06-30", "reason": "业务已停止，不再需要限制。"},
    "close_case": {"reason": "离职已满三十日，余项另案处理。"},
    "place_hold": {"reason": "已收到仲裁通知。"},
    "lift_hold": {"reason": "仲裁已结案。"},
}
