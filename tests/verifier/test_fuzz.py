"""Whatever a file holds, the verifier ends with a report; and only the bundle itself, byte for byte, is valid."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.verifier.made import opened, repacked
from verifier.bundle import Trust, verify

QUICK = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@QUICK
@given(st.data())
def test_a_bundle_with_anything_changed_is_not_valid(bundle: bytes, trust: Trust, data: st.DataObject) -> None:
    changed = bytearray(bundle)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.sampled_from(("flip", "cut", "insert", "repeat"))):
            case "flip":
                changed[at] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del changed[at : at + data.draw(st.integers(1, 300))]
            case "insert":
                changed[at:at] = data.draw(st.binary(min_size=1, max_size=40))
            case "repeat":
                changed[at:at] = changed[at : at + data.draw(st.integers(1, 2000))]
    assert verify(bytes(changed), trust).valid is (bytes(changed) == bundle)


@QUICK
@given(st.data())
def test_a_file_with_anything_changed_makes_the_bundle_invalid(
    bundle: bytes, trust: Trust, data: st.DataObject
) -> None:
    """Packed anew, so that the container is in order: what is left are hashes, signatures, stamps and proofs."""
    files = opened(bundle)
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=5))
    changed = repacked({**files, name: bytes(content)})
    assert verify(changed, trust).valid is (changed == bundle)


@QUICK
@given(st.binary(max_size=3000))
def test_any_bytes_end_in_a_report(trust: Trust, content: bytes) -> None:
    report = verify(content, trust)
    assert not report.valid
    assert list(report.lines())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@QUICK
@given(st.data())
@pytest.mark.parametrize("name", ["facts.json", "proofs.json", "notices.json", "manifest.json", "head.json"])
def test_any_json_in_the_place_of_ours_ends_in_a_report(
    bundle: bytes, trust: Trust, name: str, data: st.DataObject
) -> None:
    written = json.dumps(data.draw(JSON), ensure_ascii=False).encode(errors="replace")
    assert not verify(repacked({**opened(bundle), name: written}), trust).valid
