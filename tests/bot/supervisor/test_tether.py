from __future__ import annotations

import subprocess
import sys

from bot.supervisor import tether


def test_a_child_whose_parent_has_gone_already_does_not_start() -> None:
    another = "1"
    command = [sys.executable, "-I", "-S", tether.__file__, another, "0", "/bin/echo", "started"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""


def test_the_command_takes_the_place_of_the_tether() -> None:
    process = subprocess.Popen(tether.tethered(["/bin/sh", "-c", "echo $$"]), stdout=subprocess.PIPE, text=True)
    out, _ = process.communicate(timeout=20)
    assert int(out) == process.pid
