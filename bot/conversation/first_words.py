"""The first reply of a session, and the answer to it: is it OK to text now?

Nothing gates the emergency line, a place to go, or a person: for those the question comes after the answer.
"""

from __future__ import annotations

from bot.conversation.answers import plain, yes_or_no
from bot.conversation.context import Turn

NOT_NOW = frozenset(
    {
        "no not now", "not right now", "no sorry", "no i cant", "i cant", "cant", "not ok", "its not ok", "no its not",
        "no not ok", "not safe", "its not safe", "no its not safe", "no not safe", "not really", "no dont", "no later",
    }
)  # fmt: skip
"""Plain ways to say no to "OK to text now?". Nothing is guessed here: a wrong no would leave her alone."""

FEW_WORDS = 8

OUT_AND_UNSAFE = frozenset({"public_space_safety", "spiking"})


NO_CALL_FOR_HELP = frozenset({"how_it_works", "opening_hours", "support_for_business", "volunteer_or_forum"})
"""Requests that anybody may make who wonders what this line is."""


def tells(turn: Turn) -> bool:
    """Whether something was disclosed: of a few words, only if a reviewed phrase is among them.

    "What did she say to you" must never be taken for a disclosure by a model that has learnt how disclosures sound.
    """
    reviewed = bool(turn.seen.cues) or len(turn.text.split()) > FEW_WORDS
    return turn.seen.kind == "disclosure" and not turn.seen.carried and reviewed


def tells_or_asks(turn: Turn) -> bool:
    """Whether something was disclosed, or help was asked for."""
    if turn.seen.kind != "request":
        return turn.seen.kind == "disclosure"
    return any(request.name not in NO_CALL_FOR_HELP for request in turn.seen.requests)


def goes_first(turn: Turn) -> bool:
    """Whether the first thing said is answered before the question: somewhere safe, unsafe out now, a person."""
    if turn.message.location and not turn.text:
        return True
    if turn.state.danger and turn.seen.place:
        return True
    requests = {r.name for r in turn.seen.requests[:1]}
    if requests & {"find_safe_place", "talk_to_person"}:
        return True
    concerns = {c.name for c in turn.seen.concerns[:1]}
    return bool(concerns & OUT_AND_UNSAFE) and turn.seen.risk in ("immediate", "high")


def ask(turn: Turn) -> None:
    """Asks whether it is OK to text, believing first where something was disclosed; keeps what she said."""
    turn.heard()
    told = bool(turn.state.held) or tells_or_asks(turn)
    if turn.seen.kind != "social" and turn.message.text:
        # Also what was not understood: on her yes it is answered, not asked for again.
        turn.state.held.append(turn.message.text)
    turn.state.phase = "checking"
    turn.state.thanked = told and not turn.state.danger
    turn.say(_question(turn, "first.told" if told else "first.neutral"))


def ask_again(turn: Turn) -> None:
    """She wrote something that is no answer: the question once more, and nothing of what she said."""
    turn.heard()
    turn.state.misses += 1
    turn.say(_question(turn, "first.neutral"))


def _question(turn: Turn, otherwise: str) -> str:
    """Where danger was said, the question never stands without 999."""
    return "first.danger" if turn.state.danger else otherwise


def ask_after(turn: Turn) -> None:
    """Puts the question under an answer that could not wait for it."""
    turn.state.phase = "checking"
    turn.add_to_last("first.after")


def answer(turn: Turn) -> bool | None:
    """Her answer to the question: yes, no, or None when she just goes on (which counts as yes if it says something)."""
    said = yes_or_no(turn.text)
    return False if said is None and plain(turn.text) in NOT_NOW else said


def goes_on(turn: Turn) -> bool:
    """Whether what she wrote instead of an answer is her own going on. Anybody may say hello twice: that is not."""
    if tells_or_asks(turn):
        return True
    return not turn.state.held and (turn.seen.place is not None or turn.state.misses > 0)
