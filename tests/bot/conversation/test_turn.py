"""What is said in each state, and what must never be. Rasa's wire is a fake; the rest is real."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.conversation.messages import Channel, Location, Outbound
from bot.conversation.outbox import TOO_LATE
from bot.privacy.keys import LaneKeys
from bot.processes.conversation import Room, Shared
from tests.bot.conversation.conftest import Person
from tests.bot.conversation.test_lane import everything
from tests.fake_rasa import FakeRasa

CHECK = "OK to text now? 1 yes, 2 no. To stop, text TULIP."
LONG_QUIET = timedelta(minutes=16)


async def checked(person: Person) -> None:
    """Past the first words."""
    await person.says("hi")
    await person.says("1")


# -- danger ------------------------------------------------------------------------------------------


async def test_danger_first_gets_the_emergency_line_and_nothing_before_it(phone: Person, rasa: FakeRasa) -> None:
    replies = await phone.says("hes outside and i cant talk")
    assert len(replies) == 1
    assert replies[0].startswith("In danger now, call 999.")
    assert "press 55" in replies[0]
    assert CHECK not in replies[0]
    assert rasa.turns == []


async def test_on_the_web_too(web: Person) -> None:
    replies = await web.says("hes outside and i cant talk")
    assert replies[0].startswith("In danger now, call 999.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("ive taken loads of pills", "ambulance"),
        ("my drink was spiked and i cant stand up", "do not leave them"),
    ],
)
async def test_each_kind_of_danger_has_its_own_line(phone: Person, text: str, part: str) -> None:
    replies = await phone.says(text)
    assert "999" in replies[0][:100]
    assert part in replies[0]


async def test_the_emergency_line_comes_at_most_once_in_ten_minutes(phone: Person) -> None:
    assert "999" in (await phone.says("hes outside"))[0]
    again = await phone.says("hes outside banging on the door", timedelta(minutes=2))
    assert not again[0].startswith("In danger now")
    assert (await phone.says("hes outside", timedelta(minutes=11)))[0].startswith("In danger now")


async def test_danger_is_answered_when_rasa_is_down(phone: Person, rasa: FakeRasa) -> None:
    rasa.failing = True
    assert (await phone.says("hes outside and i cant talk"))[0].startswith("In danger now")


async def test_danger_does_not_wait_for_the_turn_ahead_of_it(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    rasa.hold.clear()
    rasa.asked.clear()
    await phone.arrivals.arrive(phone.message("how do i get housing help"))
    await phone.room.runner.wake(phone.lane)
    assert await asyncio.to_thread(rasa.asked.wait, 5)
    phone.clock.advance(timedelta(seconds=5))
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    await phone.room.runner.wake(phone.lane)
    at_once = await phone.received()
    assert [r.emergency for r in at_once] == [True]
    rasa.hold.set()
    await asyncio.gather(*phone.room.runner.running())
    assert await phone.received() == [], "the overtaken turn's reply is dropped, and danger is not answered twice"


# -- first words -------------------------------------------------------------------------------------


async def test_a_disclosure_is_believed_kept_and_answered_on_yes(phone: Person, rasa: FakeRasa) -> None:
    assert await phone.says("my husband controls all my money") == [
        f"Thank you for telling me. Automated replies here. {CHECK}"
    ]
    assert rasa.turns == []
    assert await phone.says("1") == ["about coercive_control"]
    assert rasa.turns[0]["text"] == "my husband controls all my money"


async def test_anything_else_gets_the_neutral_first_words(phone: Person) -> None:
    assert await phone.says("hello") == [f"Hi, automated info line. {CHECK}"]
    assert (await phone.says("yes"))[0].startswith("Thank you. What would help?")


async def test_no_is_silence_and_a_covered_phone(phone: Person, redis: Redis) -> None:
    await phone.says("my husband controls all my money")
    assert await phone.says("2") == []
    assert await phone.room.lanes.is_covered(phone.lane)
    assert await phone.room.lanes.talk(phone.lane) == []


async def test_somewhere_safe_is_answered_before_the_question(phone: Person, rasa: FakeRasa) -> None:
    replies = await phone.says("is there anywhere safe near kingston station")
    assert replies == [f"about find_safe_place\n{CHECK}"]
    assert rasa.turns[0]["metadata"]["recognition"]["place"]["id"] == "kingston-station"


async def test_going_on_to_disclose_is_going_on(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("hello")
    assert await phone.says("my ex is threatening to share my nudes") != []
    assert len(rasa.turns) == 1


async def test_a_quiet_quarter_of_an_hour_starts_neutral_and_blank(phone: Person) -> None:
    await phone.says("my husband controls all my money")
    await phone.says("1")
    assert await phone.says("hello", LONG_QUIET) == [f"Hi, automated info line. {CHECK}"]


# -- leaving -----------------------------------------------------------------------------------------

STATES = ["nothing", "asked", "open", "danger", "waiting", "active", "callback", "covered"]


async def into(person: Person, state: str) -> None:
    """Brings a person into a state."""
    if state == "asked":
        await person.says("my husband controls all my money")
    elif state == "open":
        await checked(person)
    elif state == "danger":
        await person.says("hes outside and i cant talk")
    elif state in ("waiting", "active"):
        await checked(person)
        await person.says("can i talk to someone")
        if state == "active":
            assert await person.room.desk.claim(person.lane, "w1", "Maya")
    elif state == "callback":
        await checked(person)
        person.clock.set(person.clock.now().replace(hour=20))
        await person.says("hi")
        await person.says("1")
        await person.says("can i talk to someone")
        await person.says("1")
    elif state == "covered":
        await person.says("tulip")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", ["TULIP", "tulop", "t u l i p", "help me tulip"])
async def test_the_safe_word_in_every_state(phone: Person, redis: Redis, state: str, word: str) -> None:
    await into(phone, state)
    assert await phone.says(word) == []
    assert await phone.room.lanes.is_covered(phone.lane)
    kept = {k.decode().rsplit("}:", 1)[-1].split(":")[0] async for k in redis.scan_iter(match="qw:{*")}
    assert kept <= {"epoch", "cover", "seen", "lease", "handoff"}
    dump = await everything(redis)
    for word in (b"money", b"7700900", b"outside", b"husband"):
        assert word not in dump


@pytest.mark.parametrize("state", STATES)
async def test_danger_in_every_state_is_answered_with_999(phone: Person, state: str) -> None:
    await into(phone, state)
    phone.clock.advance(timedelta(minutes=11))
    replies = await phone.says("hes got a knife and hes coming in")
    assert "999" in replies[0]
    assert replies[0].startswith("If someone" if state == "covered" else "In danger now")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("probe", ["who is this", "Who's this?", "what did she say to you", "whose number is this"])
async def test_who_is_this_gets_an_innocuous_answer_in_every_state(phone: Person, state: str, probe: str) -> None:
    await into(phone, state)
    replies = await phone.says(probe)
    assert len(replies) == 1
    assert replies[0].startswith("Automated local information line")
    for word in ("abuse", "worker", "safe", "telling me", "wrong number"):
        assert word not in replies[0]


@pytest.mark.parametrize("text", ["gtg hes back", "hes here bye"])
async def test_leaving_words_win_over_arriving_words(phone: Person, text: str) -> None:
    await checked(phone)
    assert await phone.says(text) == []
    assert await phone.room.lanes.is_covered(phone.lane)


async def test_a_call_for_help_wins_over_leaving_words(phone: Person) -> None:
    await checked(phone)
    assert (await phone.says("gtg call police he has a knife"))[0].startswith("In danger now")


async def test_arriving_words_alone_are_danger(phone: Person) -> None:
    assert (await phone.says("hes back"))[0].startswith("In danger now")


async def test_the_word_inside_a_sentence_counts_only_without_danger(phone: Person) -> None:
    await checked(phone)
    assert await phone.says("ok so tulip i think that is all") == []
    assert await phone.room.lanes.is_covered(phone.lane)


async def test_thanks_bye_ends_without_a_reply_on_a_phone(phone: Person) -> None:
    await checked(phone)
    assert await phone.says("thanks bye") == []


async def test_stop_is_an_exit_and_an_opt_out_and_start_comes_back(phone: Person) -> None:
    await checked(phone)
    assert await phone.says("STOP") == []
    assert await phone.says("are you there") == []
    assert (await phone.says("START"))[0].startswith("Hi, automated info line.")


async def test_on_the_web_the_safe_word_ends_the_session(web: Person) -> None:
    await web.says("my husband controls all my money")
    epoch = await web.room.lanes.epoch(web.lane)
    assert await web.says("tulip") == []
    assert await web.room.lanes.epoch(web.lane) == epoch + 1
    assert not await web.room.lanes.is_covered(web.lane)


# -- a covered phone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hello", "what is this", "?", "haha", "are you there"])
async def test_a_covered_phone_gets_the_cover_line(phone: Person, text: str) -> None:
    await into(phone, "covered")
    assert (await phone.says(text))[0].startswith("Automated local information line")


async def test_from_cover_only_a_plain_yes_goes_on(phone: Person, rasa: FakeRasa) -> None:
    await into(phone, "covered")
    assert (await phone.says("my husband controls all my money"))[0].startswith("Thank you for telling me.")
    assert (await phone.says("hello"))[0].startswith("Automated local information line")
    assert rasa.turns == []
    assert await phone.says("1") == ["about coercive_control"]
    assert not await phone.room.lanes.is_covered(phone.lane)


async def test_the_second_danger_message_from_a_covered_phone_gets_the_first_reply(phone: Person) -> None:
    await into(phone, "covered")
    assert (await phone.says("hes outside"))[0].startswith("If someone is in danger now")
    again = (await phone.says("hes outside please"))[0]
    assert again.startswith("In danger, call 999.")
    assert CHECK in again


async def test_cover_ends_a_day_after_the_last_message(phone: Person) -> None:
    await into(phone, "covered")
    await phone.says("hello", timedelta(hours=23))
    assert (await phone.says("hello", timedelta(hours=23)))[0].startswith("Automated local information line")
    assert (await phone.says("hello", timedelta(hours=25)))[0].startswith("Hi, automated info line.")


# -- a person ----------------------------------------------------------------------------------------


async def test_asking_for_a_person_is_the_queue_at_once(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("my husband controls all my money")
    await phone.says("1")
    replies = await phone.says("can i talk to someone")
    assert replies[0].startswith("A worker will see what you wrote here.")
    view = await phone.room.desk.view(phone.lane)
    assert (view.state, view.position) == ("waiting", 1)
    shown = (await phone.room.desk.screen(phone.lane)).as_lines()
    assert any("controls all my money" in line for line in shown)


async def test_a_worker_and_she_talk_and_the_assistant_is_silent(phone: Person, rasa: FakeRasa) -> None:
    await into(phone, "waiting")
    turns = len(rasa.turns)
    claim = await phone.room.desk.claim(phone.lane, "w1", "Maya")
    assert claim
    assert await phone.room.desk.say(phone.lane, claim.number, "Hello, I am here.") == "sent"
    assert [r.text for r in await phone.received()] == ["Hello, I am here."]
    assert await phone.says("thank you, he is at work until five") == []
    assert len(rasa.turns) == turns
    assert any("at work until five" in line for line in (await phone.room.desk.screen(phone.lane)).as_lines())


async def test_what_a_worker_types_after_she_left_is_never_sent(phone: Person) -> None:
    await into(phone, "waiting")
    claim = await phone.room.desk.claim(phone.lane, "w1", "Maya")
    assert claim
    await phone.says("tulip")
    assert await phone.room.desk.say(phone.lane, claim.number, "Are you there?") == "left"
    assert await phone.received() == []
    screen = await phone.room.desk.screen(phone.lane)
    assert screen.state == "left"
    assert not any("money" in line for line in screen.as_lines())


async def test_out_of_hours_the_truth_and_a_call_back(phone: Person) -> None:
    phone.clock.set(phone.clock.now().replace(hour=3))
    await checked(phone)
    closed = await phone.says("can i talk to someone")
    assert "No worker is on now." in closed[0]
    assert "0808 2000 247" in closed[0]
    assert "cannot promise" in closed[0]
    assert (await phone.room.desk.view(phone.lane)).state == "none"
    assert "What number" in (await phone.says("1"))[0]
    assert "does not look like" in (await phone.says("my mums"))[0]
    assert "safe to ring" in (await phone.says("07700 900456"))[0]
    for answer in ("tues 10 til 12", "1", "1", "1"):
        await phone.says(answer)
    assert "cannot promise" in (await phone.says("1"))[0]
    assert not any("900456" in line.text for line in await phone.room.lanes.talk(phone.lane))


# -- Rasa away, and messages that cannot be read -----------------------------------------------------


async def test_the_floor_answers_when_rasa_fails_and_rasa_when_it_is_back(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    rasa.failing = True
    floor = await phone.says("how do i get help with housing")
    assert floor[0].startswith("In danger, call 999.")
    rasa.failing = False
    assert await phone.says("how do i get help with housing") == ["about housing_help"]


async def test_the_nearest_open_place_is_on_the_floor(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    rasa.failing = True
    assert "Open now:" in (await phone.says("somewhere safe near norbiton station please"))[0]


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "😀😀", "...", "\u200b"])
async def test_what_cannot_be_read_gets_a_safe_reply(phone: Person, text: str) -> None:
    assert (await phone.says(text))[0].startswith("Hi, automated info line.")
    await phone.says("1")
    assert (await phone.says(text))[0].startswith("That came through empty.")


async def test_a_photo_is_seen_by_nobody(phone: Person) -> None:
    await checked(phone)
    replies = await phone.sends(phone.message(None, media="image"))
    assert replies[0].text.startswith("I cannot open these and nobody has seen it.")


@pytest.mark.parametrize("command", ["/restart", '/intent{"x":"y"}', "//session_start", "/back"])
async def test_no_command_reaches_rasa(phone: Person, rasa: FakeRasa, command: str) -> None:
    await checked(phone)
    assert await phone.says(command) != []
    assert all(not turn["text"].startswith("/") for turn in rasa.turns)


async def test_ten_kilobytes_are_answered(phone: Person) -> None:
    assert await phone.says("he will not stop " * 600) != []


async def test_the_same_message_is_answered_once(phone: Person) -> None:
    first = phone.message("hello", provider_id="SM1")
    assert len(await phone.sends(first)) == 1
    assert await phone.sends(first) == []


async def test_fragments_that_came_together_get_one_reply(phone: Person, rasa: FakeRasa) -> None:
    for text in ("my husband", "has all", "my bank cards"):
        await phone.arrivals.arrive(phone.message(text))
        phone.clock.advance(timedelta(seconds=1))
    await phone.room.runner.see_to(phone.lane)
    assert len(await phone.received()) == 1


async def test_a_pin_is_a_place(phone: Person, rasa: FakeRasa) -> None:
    await phone.sends(phone.message(None, location=Location.rounded(51.412341, -0.300987)))
    sent = rasa.turns[0]["metadata"]["recognition"]
    assert sent["intent"] == "find_safe_place"
    assert sent["location"] == {"lat": 51.412, "lon": -0.301}


async def test_a_choice_is_understood_by_its_number(phone: Person, rasa: FakeRasa) -> None:
    rasa.answers["greet"] = [
        {
            "text": "Pick one.",
            "buttons": [{"title": "Money", "payload": "/money_help"}, {"title": "Law", "payload": "/legal_help"}],
        }
    ]
    await checked(phone)
    await phone.says("hello")
    assert await phone.says("2") == ["about legal_help"]


async def test_a_reply_that_is_late_is_known_to_be_late(phone: Person, room: Room) -> None:
    await phone.arrivals.arrive(phone.message("hello"))
    await room.runner.see_to(phone.lane)
    phone.clock.advance(TOO_LATE + timedelta(seconds=1))
    sending = await room.outbox.next(phone.lane)
    assert sending is not None
    assert room.outbox.is_late(sending.outbound)


async def test_two_channels_of_one_number_are_two_people(phone: Person, room: Room, shared: Shared) -> None:
    await phone.says("tulip")
    whatsapp = Person(room, shared, phone.clock, Channel.WHATSAPP, "+447700900123")
    assert (await whatsapp.says("hello"))[0].startswith("Hi, automated info line.")


async def test_the_floor_answers_when_rasa_takes_over_five_seconds(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    rasa.hold.clear()
    began = asyncio.get_running_loop().time()
    assert (await phone.says("how do i get help with housing"))[0].startswith("In danger, call 999.")
    assert 4.5 < asyncio.get_running_loop().time() - began < 7


async def test_a_key_that_was_lost_stops_no_lane(phone: Person, redis: Redis) -> None:
    await checked(phone)
    await phone.arrivals.arrive(phone.message("hello"))
    keys = LaneKeys(phone.lane)
    await redis.lset(keys["inbox"], 0, b"sealed with another key")
    await redis.set(keys["state"], b"sealed with another key", ex=60)
    await phone.room.runner.see_to(phone.lane)
    assert [reply.text[:30] for reply in await phone.received()] == ["Hi, automated info line. OK to"]


async def test_a_state_of_another_version_stops_no_lane(phone: Person, redis: Redis) -> None:
    await checked(phone)
    sealed = phone.room.lanes.seal(phone.lane, "state", b'{"phase": "dancing"}')
    await redis.set(LaneKeys(phone.lane)["state"], sealed, ex=60)
    assert (await phone.says("hello"))[0].startswith("Hi, automated info line.")


# -- what a reader of whole conversations found ------------------------------------------------------


async def test_saying_hello_twice_does_not_open_what_she_told(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("my husband controls all my money")
    for text in ("hello", "hello?", "?", "how does this work", "hi"):
        assert CHECK in (await phone.says(text))[0]
    assert rasa.turns == []


async def test_the_question_after_danger_never_stands_without_999(phone: Person) -> None:
    await phone.says("hes outside and i cant talk")
    for text in ("hes still hitting me", "hello"):
        reply = (await phone.says(text, timedelta(minutes=2)))[0]
        assert reply.startswith("In danger, call 999.")
        assert CHECK in reply


async def test_what_was_not_understood_is_kept_too(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("mon mari me frappe")
    await phone.says("1")
    assert rasa.turns[0]["text"] == "mon mari me frappe"


async def test_no_hides_her_words_and_what_follows(phone: Person) -> None:
    await phone.says("hes outside and i cant talk")
    assert (await phone.says("NO"))[0].startswith("OK.")
    await phone.says("he is my husband john")
    shown = (await phone.room.desk.screen(phone.lane)).as_lines()
    assert any("danger" in line for line in shown)
    assert not any("john" in line or "outside" in line for line in shown)
    await phone.says("1")
    await phone.says("can i talk to someone")
    await phone.says("he is called canary")
    assert any("canary" in line for line in (await phone.room.desk.screen(phone.lane)).as_lines())


async def test_who_is_this_while_she_waits_reaches_the_worker(phone: Person) -> None:
    await into(phone, "waiting")
    await phone.says("who is this")
    claim = await phone.room.desk.claim(phone.lane, "w1", "Maya")
    assert claim
    assert await phone.room.desk.say(phone.lane, claim.number, "Hello") == "check_first"


async def test_quiet_while_waiting_starts_neutral_and_keeps_her_place(phone: Person) -> None:
    await into(phone, "waiting")
    assert await phone.says("hi", LONG_QUIET) == [f"Hi, automated info line. {CHECK}"]
    assert (await phone.room.desk.view(phone.lane)).state == "waiting"


async def test_asking_for_a_person_first_shows_little_on_a_lock_screen(phone: Person) -> None:
    first = (await phone.says("can i talk to someone"))[0]
    assert CHECK in first
    assert "child" not in first
    assert "worker" not in first
    assert (await phone.room.desk.view(phone.lane)).state == "waiting"
    assert (await phone.says("1"))[0].startswith("A worker will see what you wrote here.")


async def test_out_of_hours_a_person_asked_for_first_is_answered_on_yes(phone: Person) -> None:
    phone.clock.set(phone.clock.now().replace(hour=3))
    assert CHECK in (await phone.says("can i talk to someone"))[0]
    assert "Ask for a call" in "\n".join(c.title for r in [await _after_yes(phone)] for c in r.choices)


async def _after_yes(phone: Person) -> Outbound:
    phone.clock.advance(timedelta(seconds=20))
    return (await phone.sends(phone.message("1")))[0]


@pytest.mark.parametrize("text", ["i want to die", "i need somewhere safe", "hes hitting me"])
async def test_the_call_back_questions_are_no_trap(phone: Person, text: str) -> None:
    await into(phone, "callback")
    reply = (await phone.says(text))[0]
    assert "UK number" not in reply


async def test_nothing_of_a_survivors_after_own_behaviour(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    await phone.says("im scared i will hurt my wife when i lose my temper")
    await phone.says("somewhere safe near kingston station")
    assert [turn["metadata"]["recognition"]["intent"] for turn in rasa.turns][-2:] == ["own_behaviour"] * 2


async def test_a_failed_turn_says_only_what_anybody_may_read_before_her_yes(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("my husband controls all my money")
    rasa.answers["coercive_control"] = [{"text": ["no text at all"]}]  # what nobody expects, and breaks the turn
    assert [reply[:40] for reply in await phone.says("1")] == ["If someone is in danger now, call 999. I"]
