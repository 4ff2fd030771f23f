"""Idempotency keys are kept as long as somebody may repeat a request, and then forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models import idempotency
from models.database import reading, utc_now, writing
from models.tables import IdempotentRequest

NOW = utc_now()
DAY = timedelta(days=1)


def made(engine: Engine, **ages: int) -> None:
    """Requests by their key, so many days old."""
    with writing(engine) as session:
        for key, days in ages.items():
            session.add(IdempotentRequest(account="a", key=key, digest="-", created_at=NOW - days * DAY))


def left(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(IdempotentRequest.key).order_by(col(IdempotentRequest.key))).all())


def test_only_older_requests_are_forgotten(engine: Engine) -> None:
    made(engine, old=31, just=30, young=2)
    assert idempotency.forget(engine, NOW - 30 * DAY) == 1
    assert left(engine) == ["just", "young"]
    assert idempotency.forget(engine, NOW - 30 * DAY) == 0


@pytest.mark.parametrize("at_once", [1, 2, 3, 5])
def test_a_great_many_are_forgotten_some_at_a_time_also_of_one_instant(
    engine: Engine, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "FORGOTTEN_AT_ONCE", at_once)
    made(engine, a=40, b=40, c=40, d=35, e=33, young=1)
    assert idempotency.forget(engine, NOW - 30 * DAY) == 5
    assert left(engine) == ["young"]


def test_who_repeats_a_forgotten_request_acts_anew(engine: Engine) -> None:
    def act(number: int) -> int:
        (status, _), _ = idempotency.once(engine, "a", "key-0001", "digest", lambda _: (number, None))
        return status

    assert (act(200), act(201)) == (200, 200)
    idempotency.forget(engine, utc_now() + DAY)
    assert act(201) == 201
