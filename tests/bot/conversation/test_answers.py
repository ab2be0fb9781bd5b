import pytest

from bot.conversation.answers import chosen, plain, yes_or_no
from bot.conversation.messages import Choice

OFFERED = (
    Choice("Somewhere safe", "Somewhere safe", "find_safe_place"),
    Choice("Help & support", "Help & support", "find_service"),
    Choice("Talk to a person", "Talk to a person", "talk_to_person"),
)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("1", "find_safe_place"), ("2", "find_service"), ("3", "talk_to_person"), ("3.", "talk_to_person"),
        (" 3 ", "talk_to_person"), ("option 2", "find_service"),
        ("number 1", "find_safe_place"), ("no 3", "talk_to_person"),
        ("talk to a person", "talk_to_person"), ("TALK TO A PERSON!", "talk_to_person"),
        ("Somewhere  safe", "find_safe_place"), ("help & support", "find_service"),
    ],
)  # fmt: skip
def test_numbers_and_words_of_a_choice_are_understood(text: str, intent: str) -> None:
    picked = chosen(text, OFFERED)
    assert picked is not None
    assert picked.intent == intent


@pytest.mark.parametrize("text", ["4", "9", "0", "12", "somewhere", "he hit me 2 times", "", "1 2", "kt1"])
def test_anything_else_is_no_choice(text: str) -> None:
    assert chosen(text, OFFERED) is None


def test_nothing_offered_nothing_chosen() -> None:
    assert chosen("1", ()) is None


@pytest.mark.parametrize(
    "text", ["1", "yes", "Yes!", "y", "ok", "OK.", "yeah", "yes please", "ok thanks", "Yes its safe"]
)
def test_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["2", "no", "No.", "nope", "nah", "not now", "no thanks"])
def test_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", ["no one knows", "yes he hit me", "maybe", "", "?", "nothing", "ok so he hit me"])
def test_neither(text: str) -> None:
    assert yes_or_no(text) is None


def test_plain_drops_what_does_not_matter() -> None:
    assert plain("  I DON’T   know!! ") == "i dont know"
