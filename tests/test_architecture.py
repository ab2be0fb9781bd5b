"""The arrows between the rooms run one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# room -> what it may know inside the project; composition roots may know everything but the assistant
MAY_KNOW = {
    "bot.privacy": {"bot.privacy"},
    "bot.safety": {"bot.safety"},
    "bot.directory": {"bot.directory"},
    "bot.recognition": {"bot.recognition", "bot.directory"},
    "bot.assistant": {"bot.assistant", "bot.recognition", "bot.privacy"},
    "bot.conversation": {
        "bot.conversation", "bot.privacy", "bot.recognition", "bot.safety", "bot.clock", "bot.settings",
    },
    "bot.handoff": {"bot.handoff", "bot.conversation", "bot.directory", "bot.privacy", "bot.safety", "bot.clock"},
    "bot.console": {
        "bot.console", "bot.handoff", "bot.conversation", "bot.safety", "bot.privacy", "bot.settings", "bot.clock",
    },
    "channels": {"channels", "bot.conversation", "bot.privacy", "bot.settings", "bot.clock"},
    "actions": {"actions", "bot.directory", "bot.handoff", "bot.safety", "bot.clock"},
}  # fmt: skip
EDGE = {"bot.conversation.messages", "bot.conversation.arrival", "bot.conversation.outbox", "bot.conversation.ports",
        "bot.conversation.lane", "bot.conversation.exits"}  # fmt: skip


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room.replace(".", "/")).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in found if name.split(".")[0] in ("bot", "channels", "actions", "tests")}


def within(name: str, rooms: set[str]) -> bool:
    return name == "bot" or any(name == room or name.startswith(room + ".") for room in rooms)


@pytest.mark.parametrize("room", sorted(MAY_KNOW))
def test_a_room_knows_only_what_it_may(room: str) -> None:
    files = modules(room)
    assert files, f"{room} is gone"
    for path in files:
        strange = {name for name in imports(path) if not within(name, MAY_KNOW[room])}
        assert not strange, f"{path.relative_to(ROOT)} knows {sorted(strange)}"


@pytest.mark.parametrize("room", ["channels", "bot.console", "bot.handoff"])
def test_the_edge_knows_the_lanes_messages_and_never_its_turns(room: str) -> None:
    for path in modules(room):
        inner = {n for n in imports(path) if n.startswith("bot.conversation.") and not within(n, EDGE)}
        assert not inner, f"{path.relative_to(ROOT)} knows {sorted(inner)}"


def test_nobody_in_the_service_knows_the_code_inside_rasa() -> None:
    for path in [*modules("bot"), *modules("channels"), *modules("actions")]:
        if "assistant" not in path.parts:
            assert not {n for n in imports(path) if n.startswith("bot.assistant")}, path


def test_nothing_in_the_project_knows_its_tests() -> None:
    for path in [*modules("bot"), *modules("channels"), *modules("actions")]:
        assert not {n for n in imports(path) if n.startswith("tests")}, path
