"""`quietword run`: everything, in the foreground, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable

from bot.settings import Settings
from bot.supervisor.children import Child, Program
from bot.supervisor.crew import Crew
from bot.supervisor.environment import children_environment
from bot.supervisor.errors import CannotStart, Stopped
from bot.supervisor.locks import RunLock
from bot.supervisor.minting import mint, private_folder
from bot.supervisor.ports import check_free
from bot.supervisor.programs import Places, choose_places, everything
from bot.supervisor.progress import Step, say
from bot.supervisor.stack import wait_ready
from bot.supervisor.stopping import Stopping
from bot.supervisor.tether import end_with_parent
from bot.supervisor.training import train_what_is_not_current

Plan = Callable[[Settings, Places, str], list[Program]]
"""The programs to run, given the Redis password, in the order in which they start."""


def run(settings: Settings) -> int:
    """Starts, tends and ends all programs. Gives the exit status: 1, after one line, if they cannot be started."""
    return supervise(settings, everything, _prepare)


def _prepare(settings: Settings, pause: Callable[[], None]) -> None:
    if settings.mode == "live":
        from bot.checks.launch import unsigned  # a demo never needs it

        unready = len(unsigned(settings.data))
        if unready:
            raise CannotStart(f"{unready} things are not signed; `quietword launch-check` lists them")
    train_what_is_not_current(settings, pause)


def supervise(settings: Settings, plan: Plan, prepare: Callable[[Settings, Callable[[], None]], None]) -> int:
    """`run`, for any plan. `prepare` comes first, and calls what it is given over and over, which may end it."""
    end_with_parent()
    settings = settings.model_copy(update={"var": settings.var.resolve()})
    with Stopping() as stopping:
        try:
            private_folder(settings.var)
            with RunLock(settings.var, stopping.pause) as lock:
                check_free(settings)
                prepare(settings, stopping.pause)
                _keep_running(settings, plan, lock, stopping.pause)
        except CannotStart as error:
            say(f"quietword: {error}")
            return 1
        except Stopped:
            say("Stopped.")
    return 0


def _keep_running(settings: Settings, plan: Plan, lock: RunLock, pause: Callable[[], None]) -> None:
    """Returns only by raising `Stopped` or `CannotStart`; by then every child has ended."""
    password = mint(settings.var, "redis-password")
    places = choose_places(settings, password)
    step = Step(5)
    crew = Crew(children_environment(settings, places), private_folder(settings.var / "logs"), step.line, lock.fd)

    def meanwhile() -> None:
        crew.tend()
        step.tick()
        pause()

    def told(child: Child) -> None:
        step.note(f"{child.program.name} is ready")

    try:
        waiting: list[Child] = []
        for program in plan(settings, places, password):
            waiting.append(crew.start(program))
            if program.starts_alone:
                wait_ready(waiting, meanwhile, told)
                waiting = []
        wait_ready(waiting, meanwhile, told)
        step.done()
        print(addresses(settings), flush=True)  # noqa: T201 - the answer of this command
        while True:
            crew.tend()
            pause()
    finally:
        step.line("Stopping ...")
        crew.stop()


def addresses(settings: Settings) -> str:
    """Where to go now; in demo mode, how to log in too."""
    web, console = f"http://127.0.0.1:{settings.port}", f"http://127.0.0.1:{settings.console_port}/"
    lines = ["", "Quiet Word is ready. Ctrl-C stops it.", f"  Web chat  {web}/"]
    if settings.mode == "demo":
        from bot.console.staff import mint_demo_login

        name, password = mint_demo_login(settings.var).read_text().split()
        lines += [f"  Phones    {web}/simulator", f"  Console   {console} (name {name}, password {password})"]
    else:
        lines.append(f"  Console   {console}")
    lines.append(f"  Metrics   http://127.0.0.1:{settings.internal_port}/metrics")
    return "\n".join(lines)
