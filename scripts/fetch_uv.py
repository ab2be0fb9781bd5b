"""Finds uv, or fetches the pinned one from the package index into `.tools/`. Standard library only, Python >= 3.9."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from html import unescape
from pathlib import Path

VERSION = "0.13.9"
OLDEST = (0, 13)
"""The first that is known to read the revision of our `uv.lock`."""

# From https://pypi.org/simple/uv/. One build a machine: the oldest manylinux, which runs on every Debian and Ubuntu.
WHEELS = {
    "x86_64": (
        f"uv-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "aarch64": (
        f"uv-{VERSION}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}
TIMEOUT = 60
"""Seconds that the index may be silent."""


class NoUv(Exception):
    """uv is missing and cannot be fetched. One line, with what to do."""


def find_or_fetch(tools: Path, environ: Mapping[str, str]) -> Path:
    """The uv on PATH if it runs and is new enough, else the one in `tools`, which is fetched if it is not there."""
    own = tools / "uv"
    on_path = shutil.which("uv", path=environ.get("PATH"))
    for candidate in (on_path, str(own)):
        if candidate and _is_usable(candidate, environ):
            return Path(candidate)
    _fetch(own, index_url(environ))
    if not _is_usable(str(own), environ):
        raise NoUv(f"the uv that was fetched does not run here: install uv {VERSION} by hand")
    return own


def index_url(environ: Mapping[str, str]) -> str:
    """The package index that uv or pip are told to use, else PyPI."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if environ.get(name):
            return environ[name].rstrip("/")
    return "https://pypi.org/simple"


def _is_usable(program: str, environ: Mapping[str, str]) -> bool:
    """Also asks for the version because pyenv's shim exists but fails where no selected Python has uv."""
    try:
        out = subprocess.run(  # noqa: S603 - a program that the user has on PATH, or ours
            [program, "--version"], capture_output=True, text=True, env=dict(environ), timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"uv (\d+)\.(\d+)", out.stdout)
    return out.returncode == 0 and found is not None and (int(found[1]), int(found[2])) >= OLDEST


def _fetch(target: Path, index: str) -> None:
    try:
        name, digest = WHEELS[platform.machine()]
    except KeyError:
        raise NoUv(f"there is no pinned uv for {platform.machine()}: install uv {VERSION} by hand") from None
    try:
        page_url = f"{index}/uv/"
        page = _get(page_url).decode()
        link = _link_to(name, page)
        if link is None:
            raise NoUv(f"the package index has no uv {VERSION}: install it by hand")
        wheel = _get(urllib.parse.urljoin(page_url, link))
    except (OSError, ValueError) as error:
        raise NoUv(f"uv is missing and cannot be fetched ({type(error).__name__}): install uv {VERSION}") from None
    if hashlib.sha256(wheel).hexdigest() != digest:
        raise NoUv(f"the package index gave another uv {VERSION} than the one we know: nothing was installed")
    _unpack(wheel, target)


def _link_to(name: str, page: str) -> str | None:
    """The address of a file on a page of the simple index (PEP 503), without its fragment."""
    for href in re.findall(r'<a\s[^>]*href="([^"]+)"', page):
        link = unescape(href).split("#")[0]
        if urllib.parse.unquote(link).endswith(f"/{name}") or link == name:
            return link
    return None


def _get(url: str) -> bytes:
    """A private index may carry its password in the address, which `urllib` does not read."""
    parts = urllib.parse.urlsplit(url)
    headers = {"Accept": "text/html"}
    if parts.username:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        url = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the index is the user's own setting
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        return bytes(answer.read())


def _unpack(wheel: bytes, target: Path) -> None:
    """Written aside and renamed, so that an interrupted start leaves no half a program."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"uv.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        aside.write_bytes(archive.read(f"uv-{VERSION}.data/scripts/uv"))
    aside.chmod(0o755)
    os.replace(aside, target)
