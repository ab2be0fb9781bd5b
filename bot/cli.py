"""The `quietword` command. Answers go to standard output, everything else to standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bot import logs
from bot.directory.command import add_parser as add_directory_parser
from bot.settings import Settings, SettingsError, read_settings

Command = Callable[[argparse.Namespace, Settings], int]


def _run(args: argparse.Namespace, settings: Settings) -> int:
    from bot.supervisor.run import run

    return run(settings)


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    from importlib import import_module

    import_module(f"bot.processes.{args.name}").main(settings)
    return 0


def _train(args: argparse.Namespace, settings: Settings) -> int:
    from bot.supervisor.training import train

    return train(settings)


def _recognise(args: argparse.Namespace, settings: Settings) -> int:
    from bot.recognition.command import recognise_command

    return recognise_command(settings.models, settings.data)


def _replay(args: argparse.Namespace, settings: Settings) -> int:
    from bot.replay.command import replay_command

    return replay_command(settings)


def _safe_word(args: argparse.Namespace, settings: Settings) -> int:
    print(settings.safe_word)
    return 0


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from bot.checks import problems

    found = problems(settings.data)
    for problem in found:
        print(problem)
    return 1 if found else 0


def _launch_check(args: argparse.Namespace, settings: Settings) -> int:
    from bot.checks.launch import unsigned

    found = unsigned(settings.data)
    for line in found:
        print(line)
    return 1 if found else 0


def build_parser(data: Path) -> argparse.ArgumentParser:
    """The command's verbs; `quietword VERB --help` tells more."""
    parser = argparse.ArgumentParser(prog="quietword", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, what: str, command: Command) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=what, description=what)
        sub.set_defaults(command=command)
        return sub

    verb("run", "start everything in the foreground; Ctrl-C stops it", _run)
    serve = verb("serve", "run one process (the run command starts them all)", _serve)
    serve.add_argument("name", choices=("gateway", "conversation", "console", "actions"))
    verb("train", "train what is not trained for the current data", _train)
    verb("recognise", "JSON lines of messages in, what was recognised out", _recognise)
    verb("replay", "JSON lines of scenarios in, transcripts out", _replay)
    verb("safe-word", "print the configured safe word", _safe_word)
    verb("check", "check wording and data; prints what is wrong", _check)
    verb("launch-check", "what nobody has signed yet; live mode starts only when nothing is printed", _launch_check)
    add_directory_parser(verbs, data)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Entry point. Gives the exit status; a wrong setting is one line and status 2."""
    logs.configure()
    try:
        settings = read_settings()
        args = build_parser(settings.data).parse_args(argv)
        return int(args.run(args) if args.verb == "directory" else args.command(args, settings))
    except SettingsError as error:
        print(f"quietword: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
