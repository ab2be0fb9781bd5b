"""`quietword directory find`: what the directory answers, on a command line.

What it stands on takes a second to load, so that it is loaded when it is asked, and not with every other command.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.directory.errors import DirectoryError

if TYPE_CHECKING:
    from bot.directory.directory import Match
    from bot.directory.places import Place


def add_parser(subparsers: Any, data: Path) -> None:
    """Adds `directory find` to a command's subparsers; `data` is the data folder. `args.run(args)` then runs it."""
    directory = subparsers.add_parser("directory", help="ask the directory of services")
    find = directory.add_subparsers(required=True).add_parser("find", help="what is near and open")
    find.add_argument("place", metavar="PLACE", help="a place as somebody would type it")
    find.add_argument("--at", required=True, type=london_time, metavar="ISO-TIME", help="London time if no offset")
    find.add_argument("--need", required=True, type=_need, metavar="NEED", help="safe_place, a concern or a request")
    find.add_argument("--json", action="store_true", help="answer in JSON, which is the only way so far")
    find.set_defaults(run=find_command, data=data)


def find_command(args: argparse.Namespace) -> int:
    """Prints the answer as JSON on stdout; the exit status is 0, or 1 with a line on stderr.

    A place that is not known, or that could be several, is null, and only lines for the whole country are found.
    """
    from bot.directory.directory import Directory
    from bot.directory.places import Place

    try:
        directory = Directory.load(args.data)
    except DirectoryError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    found = directory.gazetteer.lookup(args.place)
    place = found if isinstance(found, Place) else None
    matches = directory.find(args.need, args.at, place)
    print(json.dumps({"place": _place(place), "results": [_result(match) for match in matches]}))  # noqa: T201
    return 0


def london_time(text: str) -> datetime:
    """A moment from ISO text. Without an offset it is London's: one that the clocks skip moves forward, of one that
    they repeat it is the first. ValueError where it is no time."""
    from bot.directory.hours import LONDON, in_london

    at = datetime.fromisoformat(text)
    return in_london(at if at.tzinfo else at.replace(tzinfo=LONDON))


def _need(text: str) -> str:
    from bot.directory.schema import NEEDS

    if text not in {"safe_place", *NEEDS}:
        raise argparse.ArgumentTypeError("not safe_place, a concern or a request")
    return text


def _place(place: Place | None) -> dict[str, str] | None:
    return {"id": place.id, "name": place.name, "area": place.area} if place else None


def _result(match: Match) -> dict[str, object]:
    return {
        "id": match.service.id,
        "name": match.service.name,
        "km": match.km,
        "open": match.open,
        "next_change": match.next_change.isoformat() if match.next_change else None,
        "route": match.route,
        "why": match.why,
    }
