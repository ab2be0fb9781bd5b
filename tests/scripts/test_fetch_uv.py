"""A package index on loopback stands in for the real one; nothing else is swapped."""

from __future__ import annotations

import hashlib
import io
import platform
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import fetch_uv

SCRIPT = f"#!/bin/sh\necho 'uv {fetch_uv.VERSION}'\n"
NAME = fetch_uv.WHEELS.get(platform.machine(), fetch_uv.WHEELS["x86_64"])[0]


def wheel() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(f"uv-{fetch_uv.VERSION}.data/scripts/uv", SCRIPT)
    return whole.getvalue()


@pytest.fixture
def index() -> Iterator[str]:
    body = wheel()
    page = f'<a data-requires-python="&gt;=3.8" href="../files/{NAME}#sha256=anything">{NAME}</a>'

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = page.encode() if self.path.endswith("/uv/") else body
            self.send_response(200 if self.headers["Authorization"] == "Basic dTpw" else 401)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://u:p@127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_pinned_uv_is_fetched_once_where_there_is_none(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fetch_uv.WHEELS, platform.machine(), (NAME, hashlib.sha256(wheel()).hexdigest()))
    environ = {"PATH": "/usr/bin:/bin", "PIP_INDEX_URL": index}
    found = fetch_uv.find_or_fetch(tmp_path, environ)
    assert found == tmp_path / "uv"
    assert found.read_text() == SCRIPT
    assert fetch_uv.find_or_fetch(tmp_path, {"PATH": "/usr/bin:/bin", "PIP_INDEX_URL": "http://127.0.0.1:9"}) == found
    assert list(tmp_path.iterdir()) == [found]


def test_another_file_under_the_same_name_is_refused(index: str, tmp_path: Path) -> None:
    with pytest.raises(fetch_uv.NoUv, match="another uv"):
        fetch_uv.find_or_fetch(tmp_path, {"PATH": "/usr/bin:/bin", "UV_DEFAULT_INDEX": index})
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(fetch_uv.NoUv, match=f"install uv {fetch_uv.VERSION}"):
        fetch_uv.find_or_fetch(tmp_path, {"PATH": "/usr/bin:/bin", "UV_INDEX_URL": "http://127.0.0.1:9/simple"})


def test_a_uv_that_is_there_but_does_not_run_is_passed_over(index: str, tmp_path: Path) -> None:
    shim = tmp_path / "bin" / "uv"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    with pytest.raises(fetch_uv.NoUv, match="another uv"):
        fetch_uv.find_or_fetch(tmp_path / "tools", {"PATH": f"{shim.parent}:/usr/bin:/bin", "PIP_INDEX_URL": index})
