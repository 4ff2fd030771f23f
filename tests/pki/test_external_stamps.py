"""Others' time stamps are asked for in order, and believed only if all about them is right; else there is none."""

import hashlib
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from asn1crypto import tsp

from pki.certificates import Kind
from pki.external import ExternalAuthority
from pki.keys import Identity
from pki.stamps import (
    AuthorityAway,
    InOrder,
    NoStamp,
    StampingAuthority,
    StampNotBelieved,
    StampRefused,
    authority_of,
    time_of,
)
from pki.tsa import OwnAuthority
from tests.pki import builders
from tests.pki.stranger import Answer, Asked, Behaviour, stranger

DIGEST = hashlib.sha256(b"handover record").digest()
REPLY = "application/timestamp-reply"
ELSEWHERE = builders.founded("国家某某时间戳中心")


def authority(identity: Identity | None = None, **options: object) -> OwnAuthority:
    pki = builders.pki(ELSEWHERE)
    return OwnAuthority(identity or pki.tsa, pki.issuing, **options)  # type: ignore[arg-type]  # a clock


def honest(asked: Asked) -> Answer:
    return Answer(authority().respond(asked.body), media_type=REPLY)


def external(url: str, seconds: float = 5.0) -> ExternalAuthority:
    return ExternalAuthority(url, [ELSEWHERE.keys.root], seconds)


def another_imprint(asked: Asked) -> Answer:
    request = tsp.TimeStampReq.load(asked.body)
    request["message_imprint"]["hashed_message"] = bytes(32)
    return Answer(authority().respond(request.dump(force=True)))


def another_algorithm(asked: Asked) -> Answer:
    request = tsp.TimeStampReq.load(asked.body)
    request["message_imprint"] = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": DIGEST * 2}
    return Answer(authority().respond(request.dump(force=True)))


def another_nonce(asked: Asked) -> Answer:
    request = tsp.TimeStampReq.load(asked.body)
    request["nonce"] = 7
    return Answer(authority().respond(request.dump(force=True)))


def no_nonce(asked: Asked) -> Answer:
    request = tsp.TimeStampReq.load(asked.body)
    return Answer(
        authority().respond(
            tsp.TimeStampReq({"version": 1, "message_imprint": request["message_imprint"], "cert_req": True}).dump()
        )
    )


def another_root(asked: Asked) -> Answer:
    other = builders.pki(builders.founded("国家某某时间戳中心"))
    return Answer(OwnAuthority(other.tsa, other.issuing).respond(asked.body))


def no_time_stamp_authority(asked: Asked) -> Answer:
    return Answer(authority(builders.pki(ELSEWHERE).seal).respond(asked.body))


def no_certificates(asked: Asked) -> Answer:
    request = tsp.TimeStampReq.load(asked.body)
    request["cert_req"] = False
    return Answer(authority().respond(request.dump(force=True)))


def broken_signature(asked: Asked) -> Answer:
    answer = bytearray(authority().respond(asked.body))
    answer[-1] ^= 1
    return Answer(bytes(answer))


def other_clock(asked: Asked) -> Answer:
    return Answer(authority(clock=lambda: builders.now() - timedelta(hours=1)).respond(asked.body))


@pytest.mark.law("ESG-05", "EVD-04")
def test_an_external_authority_stamps(monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(honest) as known:
        token = external(known.url).stamp(DIGEST)
    assert abs(time_of(token) - builders.now()) < timedelta(minutes=1)
    assert "国家某某时间戳中心" in authority_of(token)
    assert known.asked[0].headers["content-type"] == "application/timestamp-query"
    assert tsp.TimeStampReq.load(known.asked[0].body)["message_imprint"]["hashed_message"].native == DIGEST


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        (another_imprint, "something else"),
        (another_algorithm, "another algorithm"),
        (another_nonce, "another question"),
        (no_nonce, "another question"),
        (another_root, "WANBI_TSA_ROOTS"),
        (no_time_stamp_authority, "WANBI_TSA_ROOTS|certificate"),
        (no_certificates, "can't be checked"),
        (broken_signature, "signature"),
        (other_clock, "clock"),
    ],
)
def test_an_authority_that_lies_is_not_believed(lie: Behaviour, sentence: str) -> None:
    with stranger(lie) as known, pytest.raises(StampNotBelieved, match=sentence):
        external(known.url).stamp(DIGEST)


def test_an_expired_certificate_stamps_nothing() -> None:
    old = builders.founded("国家某某时间戳中心", builders.now() - timedelta(days=365 * 16))

    def answer(asked: Asked) -> Answer:
        return Answer(OwnAuthority(old.keys.tsa, old.keys.issuing.certificate).respond(asked.body))

    with stranger(answer) as known, pytest.raises(StampNotBelieved):
        ExternalAuthority(known.url, [old.keys.root]).stamp(DIGEST)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html><body>Please sign in</body></html>", media_type="text/html"),
        Answer(b"", media_type=REPLY),
        Answer(b"\x30\x03\x02\x01", media_type=REPLY),
        Answer(b"\x30\x05\x30\x03\x02\x01\x00", media_type=REPLY),
        Answer(status=503),
        Answer(status=302, location="http://127.0.0.1:9/"),
        Answer(b"\x30" * 1_000_001),
    ],
)
def test_what_is_no_time_stamp_answer_is_none(answer: Answer) -> None:
    with stranger(lambda _: answer) as known, pytest.raises(AuthorityAway):
        external(known.url).stamp(DIGEST)


def test_a_refusal_says_why() -> None:
    refusal = authority().respond(b"nonsense")
    with stranger(lambda _: Answer(refusal)) as known, pytest.raises(StampRefused, match="bad_data_format"):
        external(known.url).stamp(DIGEST)


def test_nothing_weak_is_even_asked_for() -> None:
    with stranger(honest) as known, pytest.raises(StampRefused):
        external(known.url).stamp(bytes(20), "sha1")
    assert known.asked == []


class TestEveryAuthority:
    """The contract of whoever stamps."""

    @pytest.fixture(params=["own", "external", "in order"])
    def tried(self, request: pytest.FixtureRequest) -> Callable[[], tuple[StampingAuthority, str]]:
        own = authority()
        if request.param == "own":
            return lambda: (own, "")
        known = request.getfixturevalue("honest_url")
        one = external(known)
        return lambda: (one if request.param == "external" else InOrder([one, own]), known)

    @pytest.fixture
    def honest_url(self) -> object:
        with stranger(honest) as known:
            yield known.url

    @pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
    def test_stamps_strong_digests(self, tried: Callable[[], tuple[StampingAuthority, str]], algorithm: str) -> None:
        one, _ = tried()
        token = one.stamp(hashlib.new(algorithm, b"text").digest(), algorithm)
        assert abs(time_of(token) - builders.now()) < timedelta(minutes=1)

    def test_refuses_weak_ones_by_an_exception_of_the_port(
        self, tried: Callable[[], tuple[StampingAuthority, str]]
    ) -> None:
        one, _ = tried()
        with pytest.raises(NoStamp):
            one.stamp(bytes(20), "sha1")

    def test_has_a_name(self, tried: Callable[[], tuple[StampingAuthority, str]]) -> None:
        assert tried()[0].name


def test_authorities_are_asked_in_order_until_one_is_believed() -> None:
    behaviours: list[Behaviour] = [lambda _: Answer(status=500), another_nonce, honest, honest]
    with ExitStack() as running:
        asked = [running.enter_context(stranger(behaviour)) for behaviour in behaviours]
        assert InOrder([external(each.url) for each in asked]).stamp(DIGEST)
    assert [len(each.asked) for each in asked] == [1, 1, 1, 0]


def test_one_that_hangs_is_left_after_its_time_for_the_next() -> None:
    released = threading.Event()
    with stranger(lambda _: Answer(b"late", released=released)) as slow, stranger(honest) as quick:
        assert InOrder([external(slow.url, seconds=0.2), external(quick.url)]).stamp(DIGEST)
        with pytest.raises(AuthorityAway, match="no complete answer"):
            external(slow.url, seconds=0.2).stamp(DIGEST)
        released.set()


def test_if_none_answers_there_is_no_stamp_and_never_a_time_of_our_own() -> None:
    with stranger(lambda _: Answer(status=500)) as first, stranger(another_root) as second:
        order = InOrder([external(first.url), external(second.url)])
        with pytest.raises(NoStamp, match=r"HTTP 500; 127\.0\.0\.1: .*WANBI_TSA_ROOTS"):
            order.stamp(DIGEST)
    with pytest.raises(NoStamp, match="no time stamp authority"):
        InOrder([]).stamp(DIGEST)


def test_a_server_that_is_not_there_is_away() -> None:
    with stranger(honest) as known:
        url = known.url
    with pytest.raises(AuthorityAway):
        external(url).stamp(DIGEST)


def test_the_companys_own_certificate_of_another_kind_is_no_root() -> None:
    seal = builders.pki(ELSEWHERE).seal.certificate
    assert builders.shared().keys.certificates()[Kind.TSA] != seal
    with stranger(honest) as known, pytest.raises(StampNotBelieved):
        ExternalAuthority(known.url, [seal]).stamp(DIGEST)
