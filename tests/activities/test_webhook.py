"""The webhook connector: signed, the same however often it is sent, and never fooled or held up by an answer."""

import base64
import hmac
import threading

import pytest
from temporalio.testing import ActivityEnvironment

from activities.access import AccessActivities
from activities.connectors.webhook import WebhookConnector
from activities.failures import NotVerified, PersonMustAct, TryAgain
from activities.ports import Connector
from domain.rights import Operation
from models.messages import AccessOrder, AccessReceipt
from tests.activities.target import SECRET, Answer, Target, an_order, connector, freeze, read_back
from tests.domain.cases import NOW

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of enough bytes").decode()


def apply(connector: Connector, order: AccessOrder) -> AccessReceipt:
    """The whole effect, as Temporal runs it."""

    class One:
        def of(self, system: str) -> Connector:
            return connector

    receipt: AccessReceipt = ActivityEnvironment().run(AccessActivities(One()).apply_access, order)
    return receipt


@pytest.mark.law("PIP-07")
def test_an_effect_is_signed_carried_out_and_read_back(target: Target) -> None:
    receipt = apply(connector(target), an_order())
    assert receipt == AccessReceipt(system="erp", revision=1, observed=("view_orders",), attempts=1)
    assert [heard["type"] for heard in target.heard] == ["access.freeze", "access.read_back"]
    assert target.heard[0] == {
        "type": "access.freeze",
        "timestamp": NOW.isoformat(),
        "data": {
            "case": "c1",
            "employee": "e-lin",
            "system": "erp",
            "desired": ["view_orders"],
            "held": ["change_orders", "create_orders", "view_orders"],
            "revision": 1,
        },
    }


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (Operation.FREEZE, "access.freeze"),
        (Operation.GRANT, "access.grant"),
        (Operation.REVOKE, "access.revoke"),
        (Operation.CLOSE, "access.revoke"),
        (Operation.RESTORE, "access.restore"),
    ],
)
def test_every_operation_goes_by_its_own_type(target: Target, operation: Operation, kind: str) -> None:
    apply(connector(target), an_order(operation))
    assert target.heard[0]["type"] == kind


def test_an_order_keeps_its_id_and_body_however_often_it_is_sent(target: Target) -> None:
    target.answers = [Answer(500)]
    with pytest.raises(TryAgain):
        freeze(target)
    freeze(target)
    first, second = target.headers
    assert first["webhook-id"] == second["webhook-id"]
    assert target.bodies[0] == target.bodies[1]


def test_another_order_has_another_id_and_every_read_back_its_own(target: Target) -> None:
    freeze(target)
    connector(target).freeze(an_order(key="c1:access:erp:2", revision=2))
    read_back(target)
    read_back(target)
    assert len({headers["webhook-id"] for headers in target.headers}) == 4


def test_an_id_holds_no_full_stop_whatever_the_system_is_called(target: Target) -> None:
    connector(target).freeze(an_order(system="erp.销售", key="c1:access:erp.销售:1"))
    assert "." not in target.headers[0]["webhook-id"]
    assert target.heard[0]["data"]["system"] == "erp.销售"


@pytest.mark.parametrize("secrets", [f"{OTHER_SECRET} {SECRET}", f"{SECRET} {OTHER_SECRET}", SECRET[6:].rstrip("=")])
def test_a_system_that_knows_one_of_the_secrets_believes_it(target: Target, secrets: str) -> None:
    connector(target, secrets).freeze(an_order())
    assert len(target.heard) == 1


def test_the_signed_text_is_what_the_specification_says(target: Target) -> None:
    freeze(target)
    headers = target.headers[0]
    text = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), target.bodies[0]))
    signature = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), text, "sha256")
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(signature).decode()}"


def test_a_read_back_is_sorted_and_names_each_right_once(target: Target) -> None:
    target.rights = ["view_orders", "change_orders", "view_orders"]
    assert read_back(target) == ("change_orders", "view_orders")


def test_a_person_without_rights_reads_back_as_such(target: Target) -> None:
    target.rights = []
    assert read_back(target) == ()


def test_a_system_that_says_done_and_did_nothing_is_not_believed(target: Target) -> None:
    target.obeys = False
    with pytest.raises(NotVerified, match="wanted view_orders, read back change_orders, create_orders, view_orders"):
        apply(connector(target), an_order())


def test_a_system_that_shows_more_than_was_held_is_not_believed(target: Target) -> None:
    target.answers = [Answer(202), Answer(body=b'{"rights": ["view_orders", "administer"]}')]
    with pytest.raises(NotVerified, match="administer"):
        apply(connector(target), an_order())


def test_a_lost_answer_does_no_harm(target: Target) -> None:
    target.answers = [Answer(503)]
    with pytest.raises(TryAgain):
        apply(connector(target), an_order())
    assert apply(connector(target), an_order()).observed == ("view_orders",)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://erp.example/",
        "file:///etc/passwd",
        "gopher://x",
        "erp.example",
        "//erp.example",
        "http://",
        "http:///x",
        "",
    ],
)
def test_only_http_and_https_are_spoken(url: str) -> None:
    with pytest.raises(PersonMustAct, match="http://"):
        WebhookConnector(url, SECRET).freeze(an_order())


def test_an_address_is_not_repeated_where_it_could_hold_a_password() -> None:
    with pytest.raises(PersonMustAct) as caught:
        WebhookConnector("https://wanbi:hunter2@erp.example", SECRET).freeze(an_order())
    assert "hunter2" not in caught.value.message
    with pytest.raises(PersonMustAct, match="not a URL"):
        WebhookConnector("http://erp:port", SECRET).freeze(an_order())


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_not base64!", "whsec_" + base64.b64encode(b"short").decode(), f"{SECRET} whsec_AAAA"],
)
def test_a_secret_that_protects_nothing_needs_a_person(secret: str) -> None:
    with pytest.raises(PersonMustAct, match="secret") as caught:
        WebhookConnector("http://127.0.0.1:9", secret).freeze(an_order())
    assert SECRET[6:] not in caught.value.message


def test_many_calls_at_once_do_not_mix(target: Target) -> None:
    problems: list[BaseException] = []

    def call(number: int) -> None:
        try:
            connector(target).freeze(an_order(key=f"k{number}", revision=number))
        except BaseException as error:
            problems.append(error)
            raise

    threads = [threading.Thread(target=call, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert sorted(heard["data"]["revision"] for heard in target.heard) == list(range(16))
