import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.exits import Exits, common_words
from bot.settings import STOP_WORDS

EXITS = Exits("TULIP")


@pytest.mark.parametrize(
    "text",
    [
        "TULIP", "tulip", "Tulip", " tulip ", "tulip.", "!!tulip!!", "t u l i p", "t.u.l.i.p", "tu lip", "TU LIP!",
        "tulop", "tulpi", "tulp", "tuliip", "rulip", "tul1p", "ｔｕｌｉｐ", "túlip", "𝐭𝐮𝐥𝐢𝐩", "tu\u200blip", "tulip x",
        "tulip he has a knife", "call police tulip", "hes here TULIP", "tulip tulip", "tulip\n", "t u l i p pls",
        "TULIP!!!! now", "(tulip)", "tulip😀",
    ],
)  # fmt: skip
def test_the_word_as_whole_first_or_last_word_always_counts(text: str) -> None:
    assert EXITS.met(text) == "word"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😀", "tulips", "my tulips died", "i got a tulip from him today", "turnip", "the flower shop",
     "tu", "lip", "two lips", "philip", "hes outside and i cant talk"],
)  # fmt: skip
def test_ordinary_words_do_not_count(text: str) -> None:
    assert EXITS.met(text) is None


def test_inside_a_sentence_only_the_exact_word_is_seen() -> None:
    assert EXITS.anywhere("he gave me a tulip today")
    assert not EXITS.anywhere("he gave me a tulop today")
    assert not EXITS.anywhere("he gave me tulips today")


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_carriers_stop_word_alone_is_an_exit_and_an_opt_out(word: str) -> None:
    for text in (word, word.upper(), f" {word}. "):
        assert EXITS.met(text) == "stop"
    assert EXITS.met(f"please {word} him") is None


@given(st.text(max_size=300))
def test_any_text_at_all_is_read(text: str) -> None:
    EXITS.met(text)
    EXITS.anywhere(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", max_size=60), st.sampled_from(["tulip", "TULIP", "Tulip!"]))
def test_the_word_at_either_end_wins_over_everything(rest: str, word: str) -> None:
    assert EXITS.met(f"{word} {rest}") == "word"
    assert EXITS.met(f"{rest} {word}") == "word"


def test_the_list_of_common_words_is_there() -> None:
    assert len(common_words()) > 80_000
