"""What Temporal stores: compressed where it is long, encrypted always, and readable whenever it was written."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from models.codec import ENCODING, EncryptionCodec

CODEC = EncryptionCodec({"k1": b"1" * 32}, "k1")
STATE = Payload(metadata={"encoding": b"json/plain"}, data=b'{"case_id": "c1", "stage": "handing_over"}')
LONG = Payload(metadata={"encoding": b"json/plain"}, data=STATE.data * 100)
FROM_BEFORE = Payload(
    metadata={"encoding": ENCODING, "encryption-key-id": b"k1"},
    data=base64.b64decode(
        "WmR1YSPRx3arxV6QyVphoKcBBxiUfjTPKktF/HndIE2TsbBJMhoE1ES8yJhLWENzoWWgYvk+uxNTqVaqgkiifPM7E4kpKuaV8Jy6TncOiITAxvLs"
        "puHWOG/C+jcG50wH"
    ),
)
"""As the first release wrote it, which compressed nothing."""


async def encoded(payload: Payload) -> Payload:
    [found] = await CODEC.encode([payload])
    return found


async def decoded(payload: Payload) -> Payload:
    [found] = await CODEC.decode([payload])
    return found


async def test_what_was_written_before_anything_was_compressed_is_still_read() -> None:
    assert await decoded(FROM_BEFORE) == STATE


async def test_what_is_long_is_stored_short_and_what_is_short_as_it_is() -> None:
    assert len((await encoded(LONG)).data) < len(LONG.data) / 10
    assert set((await encoded(STATE)).metadata) == {"encoding", "encryption-key-id"}


@given(st.binary(max_size=500), st.sampled_from([b"binary/plain", ENCODING, b"binary/zlib"]))
async def test_whatever_is_encoded_decodes_to_the_same(data: bytes, encoding: bytes) -> None:
    payload = Payload(metadata={"encoding": encoding}, data=data)
    assert await decoded(await encoded(payload)) == payload


@pytest.mark.parametrize("claimed", [b"", b"zlib", b"gzip"])
@pytest.mark.parametrize("payload", [STATE, LONG])
async def test_nobody_can_say_that_something_else_was_compressed(payload: Payload, claimed: bytes) -> None:
    sealed = await encoded(payload)
    told = Payload(metadata={**sealed.metadata, "compression": claimed}, data=sealed.data)
    true = claimed == sealed.metadata.get("compression", b"")
    assert await decoded(told) == (payload if true else told)
