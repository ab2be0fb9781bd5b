"""`make bench`: how fast the whole stack answers, measured over its own wires. Prints one table; about two minutes.

The stack is started as `quietword run` starts it, on free ports with a temporary folder. The phone network is a server
on loopback that the real Twilio SDK sends to. Everything goes to loopback, is bounded, and ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import httpx
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect

from bot.recognition.recogniser import Recogniser
from bot.recognition.screen import Screen
from bot.supervisor.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT, TOKEN = "AC" + "0" * 32, secrets.token_hex(16)
READY_WITHIN = 240
WEBHOOKS, RATE = 2000, 200
PEOPLE, EACH = 20, 30
LONG = 400
ASKS = ("how do i get help with housing", "how do i get legal help", "what about money", "thanks", "is my visa safe")


def quantile(values: list[float], q: float) -> float:
    return sorted(values)[min(len(values) - 1, int(q * len(values)))]


def row(what: str, *figures: str) -> None:
    print(f"| {what} | " + " | ".join(figures) + " |", flush=True)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


class Network:
    """Takes what the SDK sends, and remembers when the first reply to each number came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: dict[str, list[float]] = {}

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._connection, "127.0.0.1", self.port)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.split("content-length:")[1].split("\r\n")[0])
                form = parse_qs((await reader.readexactly(length)).decode())
                self.sent.setdefault(form["To"][0], []).append(time.perf_counter())
                body = json.dumps({"sid": "SM" + secrets.token_hex(16), "status": "queued"}).encode()
                writer.write(b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ")
                writer.write(str(len(body)).encode() + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


class Person:
    """Somebody on the web chat."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def says(self, text: str) -> float:
        """Sends a message; gives the seconds until the first reply."""
        began = time.perf_counter()
        await self.socket.send(json.dumps({"type": "message", "text": text}))
        while json.loads(await self.socket.recv())["type"] != "message":
            pass
        return time.perf_counter() - began


async def one_at_a_time(chat: str) -> None:
    async with connect(chat) as socket:
        person = Person(socket)
        for text in ("hello", "yes", *ASKS):
            await person.says(text)
        times = [await person.says(ASKS[i % len(ASKS)]) for i in range(LONG)]
    row("message to reply, one person at a time", ms(statistics.median(times)), ms(quantile(times, 0.95)), "")
    early, late = statistics.median(times[5:25]), statistics.median(times[-20:])
    row(f"turns {LONG - 20} to {LONG} against turns 5 to 25", ms(late), ms(early), f"{late / early:.2f} x")


async def many_at_once(chat: str) -> None:
    async def one() -> list[float]:
        async with connect(chat) as socket:
            person = Person(socket)
            await person.says("hello")
            await person.says("yes")
            return [await person.says(ASKS[i % len(ASKS)]) for i in range(EACH)]

    began = time.perf_counter()
    times = [t for ts in await asyncio.gather(*(one() for _ in range(PEOPLE))) for t in ts]
    rate = (len(times) + 2 * PEOPLE) / (time.perf_counter() - began)
    row(f"{PEOPLE} people at once", ms(statistics.median(times)), ms(quantile(times, 0.95)), f"{rate:.0f} messages/s")


async def webhooks(web: str, network: Network) -> None:
    validator, url = RequestValidator(TOKEN), f"{web}/webhooks/twilio"
    acknowledged: list[float] = []
    posted: dict[str, float] = {}

    async def post(client: httpx.AsyncClient, number: str) -> None:
        form = {"MessageSid": "SM" + secrets.token_hex(16), "From": number, "To": "+447700900001", "Body": "hello"}
        headers = {"X-Twilio-Signature": validator.compute_signature(url, form)}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        posted[number] = began = time.perf_counter()
        (await client.post(url, content=urlencode(form), headers=headers)).raise_for_status()
        acknowledged.append(time.perf_counter() - began)

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=50), timeout=30) as client:
        tasks, start = [], time.perf_counter()
        for i in range(WEBHOOKS):
            await asyncio.sleep(max(0.0, start + i / RATE - time.perf_counter()))
            tasks.append(asyncio.create_task(post(client, f"+4477009{i:05d}")))
        await asyncio.gather(*tasks)
    until = time.perf_counter() + 120
    while len(set(posted) & set(network.sent)) < WEBHOOKS and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    answered = set(posted) & set(network.sent)
    doubled = sum(len(network.sent[number]) > 1 for number in answered)
    replies = [network.sent[number][0] - posted[number] for number in answered]
    row(f"webhook acknowledged, {RATE}/s", ms(statistics.median(acknowledged)), ms(quantile(acknowledged, 0.99)), "p99")
    lost = WEBHOOKS - len(answered)
    row("the replies to those", ms(statistics.median(replies)), ms(max(replies)), f"{lost} lost, {doubled} doubled")


def recognition() -> None:
    """2,000 messages through `quietword recognise`, start included; then one at a time, as a live turn has it."""
    lines = (ROOT / "tests/data/heldout.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines][:2000]
    given = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    command = [str(Path(sys.executable).with_name("quietword")), "recognise"]
    began = time.perf_counter()
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, cwd=ROOT)
    row(
        f"recognise, {len(done.stdout.splitlines())} messages, start included",
        f"{time.perf_counter() - began:.1f} s",
        "",
    )
    recogniser = Recogniser.load(ROOT / "models", ROOT / "data")
    screen = Screen.load(ROOT / "data")
    for what, read in (("recognition of one message", recogniser.recognise), ("the safety screen alone", screen.read)):
        took = []
        for text in texts[:1000]:
            began = time.perf_counter()
            read(text)
            took.append(time.perf_counter() - began)
        row(what, f"p50 {ms(quantile(took, 0.5))}", f"p99 {ms(quantile(took, 0.99))}")


def memory(var: Path) -> None:
    total = 0.0
    for entry in Path("/proc").iterdir():
        try:
            if f"QUIETWORD_VAR={var}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                rollup = (entry / "smaps_rollup").read_text()
                total += int(rollup.split("Pss:")[1].split()[0]) / 1024
        except (OSError, IndexError, ValueError):
            continue
    row("memory of the whole stack (Pss)", f"{total:.0f} MB", "", "")


async def measure(web: str, var: Path, network: Network, began: float) -> None:
    server = await network.serve()
    print("| what | median | p95, p99 or other | |\n|---|---|---|---|")
    row("start, environments and models there", f"{time.perf_counter() - began:.0f} s", "", "")
    chat = web.replace("http", "ws") + "/chat"
    steps: list[Callable[[], Awaitable[None]]] = [
        lambda: one_at_a_time(chat),
        lambda: many_at_once(chat),
        lambda: webhooks(web, network),
    ]
    for step in steps:
        await step()
    memory(var)
    server.close()


def main() -> int:
    port, console, internal, provider = free_ports(4)
    web = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="quietword-bench-") as folder:
        var = Path(folder) / "var"
        told = Path(folder) / "told"
        environ = os.environ | {
            "QUIETWORD_VAR": str(var),
            "QUIETWORD_PORT": str(port),
            "QUIETWORD_CONSOLE_PORT": str(console),
            "QUIETWORD_INTERNAL_PORT": str(internal),
            "QUIETWORD_PUBLIC_URL": web,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SMS_FROM": "+447700900001",
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{provider}",
        }
        began = time.perf_counter()
        command = [str(Path(sys.executable).with_name("quietword")), "run"]
        with told.open("w") as out:
            stack = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out, process_group=0)
        try:
            while "is ready. Ctrl-C" not in told.read_text():
                if stack.poll() is not None or time.perf_counter() - began > READY_WITHIN:
                    print(told.read_text(), file=sys.stderr)
                    return 1
                time.sleep(0.1)
            asyncio.run(measure(web, var.resolve(), Network(provider), began))
        finally:
            stack.send_signal(signal.SIGINT)
            stack.wait(timeout=60)
    recognition()
    return 0


if __name__ == "__main__":
    sys.exit(main())
