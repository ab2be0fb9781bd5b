"""Pages and their files, read once. Each is served from memory under a name of its own: there is no path to walk."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def pages(package: str, served: Mapping[str, str]) -> list[Route]:
    """Routes by address; each value is the name of a file in the package."""
    return [_page(path, name, files(package).joinpath(name).read_bytes()) for path, name in served.items()]


def _page(path: str, name: str, content: bytes) -> Route:
    media_type = TYPES[name.rpartition(".")[2]]

    async def page(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return Route(path, page, methods=["GET"], name=name)
