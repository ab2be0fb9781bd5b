from __future__ import annotations

import io

from bot.supervisor.progress import STEPS, Step


def test_a_step_says_what_it_does_and_when_it_is_done() -> None:
    out = io.StringIO()
    step = Step(2, out)
    step.tick()
    step.note("half of it is there")
    step.done()
    first, second, last = out.getvalue().splitlines()
    assert first == f"[2/{len(STEPS)}] {STEPS[1]} ..."
    assert second.strip().startswith("half of it is there (0.")
    assert last.strip() == "done in 0 s"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_seconds_on_one_line() -> None:
    out = Terminal()
    step = Step(1, out)
    step.tick()
    step.done()
    assert out.getvalue().count("\n") == 1
    assert "0 s" in out.getvalue()
