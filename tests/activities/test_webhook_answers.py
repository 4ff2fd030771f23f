"""What a connected system answers decides who has to act: nobody, time, or a person. No answer holds an order up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from activities.connectors import webhook
from activities.connectors.webhook import LARGEST_ANSWER, LONGEST_CALL, LONGEST_WAIT
from activities.failures import PersonMustAct, TryAgain
from tests.activities.target import Answer, Target, freeze, listening, read_back
from workflows.options import ACCESS_STEP


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_system_that_is_busy_or_broken_is_asked_again(target: Target, status: int) -> None:
    target.answers = [Answer(status)]
    with pytest.raises(TryAgain, match=f"erp: HTTP {status}") as caught:
        freeze(target)
    assert caught.value.next_retry_delay is None


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta(0)),
        ("99999999999999999999", LONGEST_WAIT),
        ("\xb2", None),
        ("-3", None),
    ],
)
def test_a_wait_in_seconds_is_kept_up_to_a_cap(target: Target, asked: str, wait: timedelta | None) -> None:
    target.answers = [Answer(429, headers={"retry-after": asked})]
    with pytest.raises(TryAgain) as caught:
        freeze(target)
    assert caught.value.next_retry_delay == wait


@pytest.mark.parametrize(
    ("until", "least", "most"),
    [
        (timedelta(minutes=5), timedelta(minutes=4), timedelta(minutes=5)),
        (timedelta(days=400), LONGEST_WAIT, LONGEST_WAIT),
        (timedelta(days=-1), timedelta(0), timedelta(0)),
    ],
)
def test_a_wait_until_a_date_is_kept_up_to_a_cap(
    target: Target, until: timedelta, least: timedelta, most: timedelta
) -> None:
    asked = format_datetime(datetime.now(UTC) + until, usegmt=True)
    target.answers = [Answer(503, headers={"retry-after": asked})]
    with pytest.raises(TryAgain) as caught:
        freeze(target)
    assert caught.value.next_retry_delay is not None
    assert least <= caught.value.next_retry_delay <= most


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422])
def test_a_system_that_refuses_needs_a_person(target: Target, status: int) -> None:
    target.answers = [Answer(status, b"no such employee\x00\x1b[31m " + b"x" * 5000)]
    with pytest.raises(PersonMustAct, match=f"erp: HTTP {status}: no such employee") as caught:
        freeze(target)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_order_is_never_sent_on_to_where_an_answer_points(target: Target, status: int) -> None:
    with listening(Target()) as elsewhere:
        target.answers = [Answer(status, headers={"location": elsewhere.url})]
        with pytest.raises(PersonMustAct, match="moved"):
            freeze(target)
        assert elsewhere.heard == []


@pytest.mark.parametrize("drip", ["silence", "head", "body"])
@pytest.mark.parametrize("call", [freeze, read_back], ids=["order", "read back"])
def test_an_answer_that_never_ends_is_given_up(
    target: Target, drip: str, call: Callable[[Target], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LONGEST_CALL", 0.3)
    target.answers = [Answer(drip=drip)]
    with pytest.raises(TryAgain, match="no complete answer"):
        call(target)


def test_both_calls_of_an_effect_fit_into_its_time() -> None:
    assert timedelta(seconds=2 * LONGEST_CALL) < ACCESS_STEP


def test_a_system_that_is_not_there_is_asked_again() -> None:
    with listening(Target()) as gone:
        pass
    with pytest.raises(TryAgain, match="ConnectError"):
        freeze(gone)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"rights": null}',
        b'{"rights": "view_orders"}',
        b'{"rights": {"view_orders": true}}',
        b'{"rights": ["view_orders", 7]}',
        b'{"rights": ["view_orders", ""]}',
        b'{"rights": ["view\\u0000orders"]}',
        b'{"rights": ["\\ud800"]}',
        b"[" * 100_000,
        b" " * (LARGEST_ANSWER + 1),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_read_back_that_makes_no_sense_proves_nothing(target: Target, body: bytes) -> None:
    target.answers = [Answer(body=body)]
    with pytest.raises(TryAgain):
        read_back(target)
