"""Makes both environments and hands over to `quietword`: `python3 scripts/bootstrap.py [environments|setup|run]`.

Needs nothing but a Python from 3.9 with its standard library: no pip, no venv, no uv. What is done is remembered by a
stamp in each environment, so a second call does nothing; an interrupted one goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from fetch_uv import NoUv, find_or_fetch  # noqa: E402 - found through the line above

from bot.supervisor.progress import Step, say  # noqa: E402
from bot.supervisor.tether import end_with_parent, tethered  # noqa: E402

SERVICE = ROOT / ".venv"
ASSISTANT = ROOT / ".venv-rasa"
STAMP = "made-from"
SERVICE_PYTHON = ">=3.11,<3.13"
ASSISTANT_PYTHON = "3.10"
THEN = {"environments": None, "setup": "train", "run": "run"}
"""What `quietword` is asked to do once both environments are there."""


class Failed(Exception):
    """A step did not succeed. One line."""


def main(argv: list[str]) -> int:
    if len(argv) != 2 or argv[1] not in THEN:
        say(f"usage: {argv[0]} {'|'.join(THEN)}")
        return 2
    end_with_parent()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # one way to end, for Ctrl-C and for `kill`
    environ = environment()
    try:
        make_environments(environ)
    except (Failed, NoUv) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The next run goes on from here.")
        return 130
    then = THEN[argv[1]]
    if then is not None:
        hand_over(then, environ)
    return 0


def environment() -> dict[str, str]:
    """Ours, with real interpreters before pyenv's shims (which exist for versions that are not selected, and fail)."""
    environ = dict(os.environ)
    pyenv = Path(environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [p for p in pyenv.glob("versions/*/bin") if re.fullmatch(r"3\.1[012]\.\d+", p.parent.name)]
    newest_first = sorted(found, key=lambda p: [int(n) for n in p.parent.name.split(".")], reverse=True)
    environ["PATH"] = os.pathsep.join([*map(str, newest_first), environ.get("PATH", os.defpath)])
    # An active environment is not ours; and without compiled files every start takes twice as long.
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        environ.pop(name, None)
    environ["UV_PROJECT_ENVIRONMENT"] = str(SERVICE)
    return environ


def make_environments(environ: dict[str, str]) -> None:
    """Both of them, as the lock files say. Raises `Failed` or `NoUv`."""
    service = fingerprint(ROOT / "pyproject.toml", ROOT / "uv.lock")
    assistant = fingerprint(ROOT / "requirements" / "rasa.txt")
    service_is_made = is_made(SERVICE, service, "quietword")
    assistant_is_made = is_made(ASSISTANT, assistant, "python")
    if service_is_made and assistant_is_made:
        return
    step = Step(1)
    uv = str(find_or_fetch(ROOT / ".tools", environ))
    step.done()
    # Where no such Python is found, uv fetches one. That way has not been tried: no network that we had allows it.
    if not service_is_made:
        run(2, [[uv, "sync", "--quiet", "--locked", "--python", SERVICE_PYTHON]], environ)
        write_stamp(SERVICE, service)
    if not assistant_is_made:
        python = ASSISTANT / "bin" / "python"
        make = [uv, "venv", "--quiet", "--clear", "--python", ASSISTANT_PYTHON, str(ASSISTANT)]
        fill = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), "requirements/rasa.txt"]
        run(3, [fill] if is_assistant_python(python) else [make, fill], environ)
        see_the_tree(ASSISTANT)
        write_stamp(ASSISTANT, assistant)


def fingerprint(*files: Path) -> str:
    """One hash of what an environment is made from. The place counts: an environment cannot be moved."""
    whole = hashlib.sha256(str(ROOT).encode())
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()


def is_made(folder: Path, made_from: str, program: str) -> bool:
    """Whether the environment was made, to the end, from just that."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == made_from and os.access(folder / "bin" / program, os.X_OK)


def write_stamp(folder: Path, made_from: str) -> None:
    (folder / STAMP).write_text(made_from)


def is_assistant_python(python: Path) -> bool:
    """Whether an interrupted install has left an interpreter that can be kept."""
    code = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{ASSISTANT_PYTHON}')"
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", code], stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603 - our own


def see_the_tree(folder: Path) -> None:
    """Lets the code of this tree be imported there; it is not installed, because its metadata asks for Python 3.11."""
    for packages in folder.glob("lib/python*/site-packages"):
        (packages / "quietword.pth").write_text(f"{ROOT}\n")


def run(number: int, commands: list[list[str]], environ: dict[str, str]) -> None:
    """One step. Whatever ends us, the command ends too."""
    step = Step(number)
    for command in commands:
        process = subprocess.Popen(  # noqa: S603 - our own command
            tethered(command), cwd=ROOT, env=environ, stdin=subprocess.DEVNULL
        )
        try:
            while process.poll() is None:
                time.sleep(0.2)
                step.tick()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        if process.returncode != 0:
            step.failed()
            raise Failed("The installation failed; what was fetched is kept. Run the same command again.")
    step.done()


def hand_over(command: str, environ: dict[str, str]) -> NoReturn:
    """Becomes `quietword`: one process less between Ctrl-C and what it ends."""
    program = str(SERVICE / "bin" / "quietword")
    os.chdir(ROOT)
    os.execve(program, [program, command], environ)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    sys.exit(main(sys.argv))
