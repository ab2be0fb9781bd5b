"""Asking for a call-back: one question at a time, the number kept out of the talk, no promise."""

from __future__ import annotations

from datetime import datetime

import phonenumbers

from bot.conversation.answers import plain, yes_or_no
from bot.conversation.context import Turn
from bot.conversation.ports import Desk

QUESTIONS = ("number", "when", "whose", "who_else", "voicemail", "after_word")
HERS_ALONE = frozenset({"1", "only mine", "mine", "mine only", "just mine", "just me", "only me", "me", "my own"})
HIDDEN = "(a number to ring, kept apart)"


def begin(turn: Turn) -> None:
    """Asks the first question."""
    turn.state.callback = {}
    turn.say("callback.number")


def breaks_off(turn: Turn) -> bool:
    """Whether she says something that matters more than the question that was asked."""
    if plain(turn.text) in ("back", "skip", "no call"):
        return False
    asked_for = {request.name for request in turn.seen.requests[:1]}
    if turn.seen.risk in ("immediate", "high") or asked_for & {"find_safe_place", "talk_to_person"}:
        return True
    answered = len(turn.state.callback or {})
    return answered == 0 and turn.seen.kind in ("disclosure", "request") and _number(turn.text) is None


async def go_on(turn: Turn, desk: Desk) -> None:
    """Takes one answer and asks the next question; after the last one, keeps the call-back."""
    answers = turn.state.callback or {}
    question = QUESTIONS[len(answers)]
    if plain(turn.text) in ("back", "skip", "no call"):
        turn.heard()
        turn.state.callback = None
        turn.say("callback.skipped")
        return
    answer = _read(question, turn.text)
    if answer is None:
        turn.heard(HIDDEN)
        turn.say("callback.number_again")
        return
    turn.heard(HIDDEN if question == "number" else None)
    answers[question] = answer
    if len(answers) < len(QUESTIONS):
        turn.state.callback = answers
        turn.say(f"callback.{QUESTIONS[len(answers)]}")
        return
    turn.state.callback = None
    await desk.keep_callback(turn.lane, turn.taken.epoch, {**answers, "asked": turn.now.isoformat()})
    turn.say("callback.done")


def _read(question: str, text: str) -> str | None:
    """The answer as it is kept; None when a number was asked for and this is none."""
    if question == "number":
        return _number(text)
    # What is not clear is taken as what keeps her safe: shared, somebody may pick up, no voicemail, no call.
    if question == "whose":
        return "hers" if plain(text) in HERS_ALONE else "shared"
    if question == "who_else":
        return "no" if plain(text) == "1" or (yes_or_no(text) is False and plain(text) != "2") else "yes"
    if question in ("voicemail", "after_word"):
        return "yes" if _second_or_yes(text) else "no"
    return text[:200]


def _second_or_yes(text: str) -> bool:
    """These questions offer "1 No" before "2 Yes", so that no answer and a slip both mean no."""
    said = plain(text)
    return said == "2" or (said != "1" and yes_or_no(text) is True)


def _number(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def closing_time(at: datetime) -> str:
    """A time in words, as "5pm" or "5.30pm"."""
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02d}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"
