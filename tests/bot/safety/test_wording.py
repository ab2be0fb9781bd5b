from pathlib import Path

import pytest

from bot.safety.wording import Wording, WordingError

DATA = Path(__file__).parents[3] / "data"


def test_every_text_can_be_said_on_every_channel() -> None:
    wording = Wording.load(DATA)
    values = {"word": "TULIP", "hours": "Mon to Fri, 9am to 5pm", "opens": "Monday 9am", "position": "3",
              "closes": "5pm", "place": "A and E, Kingston Hospital"}  # fmt: skip
    for key in wording.entries:
        for web in (True, False):
            assert "{" not in wording.say(key, web=web, **values).text


def test_the_emergency_lines_start_with_what_to_do() -> None:
    wording = Wording.load(DATA)
    for kind in ("attack", "medical", "spiked", "covered"):
        said = wording.say(f"emergency.{kind}", web=False).text
        assert "999" in said[:110]
        assert "55" in said
        assert "abuse" not in said


def test_only_the_web_shows_buttons_where_the_text_names_its_answers() -> None:
    wording = Wording.load(DATA)
    assert wording.say("first.neutral", web=True, word="X").choices
    assert not wording.say("first.neutral", web=False, word="X").choices


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("nothing", "lane.yml"),
        ("texts: {a: {text: hi}}", "lane.yml: a: status"),
        ("texts: {a: {text: hi, status: final}}", "lane.yml: a: status"),
        ("texts: {a: {text: hi, status: draft, txt: x}}", "lane.yml: a: txt"),
        ("texts: [", "lane.yml"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, content: str, names: str) -> None:
    (tmp_path / "wording").mkdir()
    (tmp_path / "wording" / "lane.yml").write_text(content)
    with pytest.raises(WordingError, match=names):
        Wording.load(tmp_path)
