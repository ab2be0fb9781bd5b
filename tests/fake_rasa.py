"""A stand-in for Rasa's end of the wire: real HTTP on loopback, answers and failures as the test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeRasa:
    """Answers each turn with its intent's name; `failing`, `hold` and `answers` change that."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.turns: list[dict[str, Any]] = []
        self.failing = False
        self.hold = threading.Event()
        self.hold.set()
        self.asked = threading.Event()
        self.answers: dict[str, list[dict[str, Any]]] = {}

    def answer(self, turn: dict[str, Any]) -> list[dict[str, Any]]:
        intent = turn["metadata"]["recognition"]["intent"]
        return self.answers.get(intent, [{"text": f"about {intent}"}])


@contextmanager
def fake_rasa() -> Iterator[FakeRasa]:
    """Runs until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            turn = json.loads(self.rfile.read(int(self.headers["content-length"])))
            rasa.turns.append(turn)
            rasa.asked.set()
            rasa.hold.wait(timeout=10)
            body = json.dumps({"messages": rasa.answer(turn)}).encode()
            self.send_response(503 if rasa.failing else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        disable_nagle_algorithm = True

    server = Server(("127.0.0.1", 0), Handler)
    rasa = FakeRasa(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield rasa
    finally:
        rasa.hold.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
