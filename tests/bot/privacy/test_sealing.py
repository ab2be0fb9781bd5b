import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.masked import Private
from bot.privacy.pseudonyms import lane_channel, lane_id
from bot.privacy.sealing import SealBroken, Sealer

SEALER = Sealer(b"one secret of thirty-two bytes or so")


@given(st.binary(max_size=2000), st.text(max_size=40))
def test_what_is_sealed_opens_again_in_its_place_only(plain: bytes, context: str) -> None:
    sealed = SEALER.seal(plain, context)
    assert SEALER.open(sealed, context) == plain
    with pytest.raises(SealBroken):
        SEALER.open(sealed, context + "x")


def test_no_two_seals_are_the_same_and_none_shows_its_content() -> None:
    one, two = SEALER.seal(b"hes outside", "k"), SEALER.seal(b"hes outside", "k")
    assert one != two
    assert b"outside" not in one


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x02" + b"0" * 40, b"\x01" + b"0" * 40])
def test_what_is_no_seal_is_refused(broken: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.open(broken, "k")


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        Sealer(b"another secret, also long enough..").open(SEALER.seal(b"x", "k"), "k")


def test_a_lane_tells_its_channel_and_nothing_of_the_address() -> None:
    lane = lane_id(b"secret", "sms", "+447700900123")
    assert lane_channel(lane) == "sms"
    assert "7700" not in lane
    assert lane == lane_id(b"secret", "sms", "+447700900123")
    assert lane != lane_id(b"other", "sms", "+447700900123")
    assert lane.split("-")[1] != lane_id(b"secret", "whatsapp", "+447700900123").split("-")[1]


def test_a_private_value_shows_itself_only_when_asked() -> None:
    value = Private("hes outside")
    for shown in (repr(value), str(value), f"{value}", f"{value!r}", repr([value]), repr({"a": value})):
        assert "outside" not in shown
    assert value.reveal() == "hes outside"
