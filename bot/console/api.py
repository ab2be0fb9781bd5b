"""What the page asks for and does, as JSON. Every answer is made anew; nothing of a conversation is kept here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.clock import Clock
from bot.console.audit import Audit
from bot.console.bodies import Body, ByOwner, OnLane, Words, clean, is_lane, longest, read_body
from bot.console.sessions import Session, Sessions
from bot.conversation.messages import TalkLine
from bot.handoff.desk import HandoffDesk
from bot.handoff.records import Handoff
from bot.handoff.rota import clock_words
from bot.handoff.view import OUTCOMES, plain, returned_words


class Api:
    """The routes under `/api`."""

    def __init__(self, desk: HandoffDesk, sessions: Sessions, audit: Audit, clock: Clock) -> None:
        self._desk = desk
        self._sessions = sessions
        self._audit = audit
        self._clock = clock

    def routes(self) -> list[Route]:
        post = ["POST"]
        return [
            Route("/api/queue", self.queue),
            Route("/api/conversation/{lane}", self.conversation),
            Route("/api/claim", self.claim, methods=post),
            Route("/api/say", self.say, methods=post),
            Route("/api/end", self.end, methods=post),
            Route("/api/return", self.give_back, methods=post),
            Route("/api/confirm", self.confirm, methods=post),
            Route("/api/callback/take", self.take_callback, methods=post),
            Route("/api/callback/done", self.callback_done, methods=post),
            Route("/api/here", self.here, methods=post),
        ]

    # -- looking ---------------------------------------------------------------------------------

    async def queue(self, request: Request) -> JSONResponse:
        """Who waits, is with a worker, or has left. While locked: how many wait and how loud to ring, no more."""
        session = _session(request)
        now = self._clock.now()
        listed = await self._desk.queue()
        worker = session.worker.name
        ringing = [h for h in listed if _rings(h, worker, now)]
        answer: dict[str, Any] = {
            "now": now.isoformat(),
            "locked": session.locked,
            "waiting": sum(h.state == "waiting" for h in listed),
            "ring": "danger" if any(h.danger for h in ringing) else "waiting" if ringing else "",
            "hours": self._hours(now),
        }
        if not session.locked:
            answer["items"] = [self._item(handoff, worker, now) for handoff in listed]
            answer["callbacks"] = [
                {"lane": c.lane, "since": c.since.isoformat(), "taken": bool(c.worker), "mine": c.worker == worker}
                for c in await self._desk.callbacks.pending()
            ]
        return JSONResponse(answer)

    async def conversation(self, request: Request) -> JSONResponse:
        """One conversation: what was said, flags, whether and until when the worker may write. 404: there is none."""
        session = _session(request)
        lane = request.path_params["lane"]
        handoff = await self._desk.record(lane) if is_lane(lane) else Handoff(lane)
        if handoff.state == "none":
            raise HTTPException(404)
        mine = handoff.state == "active" and handoff.worker == session.worker.name
        # Another worker's conversation is not read over the shoulder.
        may_read = mine or handoff.state == "waiting"
        if may_read and session.looking_at != lane:
            await self._audit.note(session.worker.name, "opened", lane)
        if session.looking_at != lane:
            await self._sessions.looks_at(session, lane)
        screen = await self._desk.screen(lane)
        window = handoff.window_until()
        now = self._clock.now()
        return JSONResponse(
            {
                "lane": lane,
                "now": now.isoformat(),
                "state": screen.state,
                "channel": handoff.channel,
                "since": _iso(handoff.since),
                "flags": screen.flags,
                "lines": [_line(line) for line in screen.lines] if may_read else [],
                "banner": screen.banner,
                "mine": mine,
                "worker": handoff.name,
                "claim": handoff.claim if mine else None,
                "claimable": _claimable(handoff, session.worker.name, now),
                "check": handoff.someone_else,
                "window_until": _iso(window) if mine else None,
                "longest": longest(lane),
            }
        )

    # -- doing -----------------------------------------------------------------------------------

    async def claim(self, request: Request) -> JSONResponse:
        """Takes a conversation; 409: somebody else has it, or it is over."""
        session, body = await self._posted(request, OnLane)
        claim = await self._desk.claim(body.lane, session.worker.name, session.worker.working_name)
        if claim is None:
            return _result("taken", 409)
        await self._audit.note(session.worker.name, "claimed", body.lane)
        return JSONResponse({"result": "claimed", "claim": claim.number})

    async def say(self, request: Request) -> JSONResponse:
        """Sends the worker's words; 409 with the reason when nothing was sent."""
        session, body = await self._posted(request, Words)
        text = clean(body.text)
        if not text:
            return _result("empty", 422)
        if len(text) > longest(body.lane):
            return _result("too_long", 422)
        result = await self._desk.say(body.lane, body.claim, text) if await self._owns(session, body) else "not_owner"
        return JSONResponse({"result": result, "text": OUTCOMES[result]}, 200 if result == "sent" else 409)

    async def end(self, request: Request) -> JSONResponse:
        """Gives the person back to the automated replies."""
        session, body = await self._posted(request, ByOwner)
        result = await self._desk.end(body.lane, body.claim) if await self._owns(session, body) else "not_owner"
        if result == "ended":
            await self._audit.note(session.worker.name, "ended", body.lane)
        return _result(result, 200 if result == "ended" else 409)

    async def give_back(self, request: Request) -> JSONResponse:
        """Returns the person to the queue."""
        session, body = await self._posted(request, ByOwner)
        if not (await self._owns(session, body) and await self._desk.give_back(body.lane, body.claim)):
            return _result("not_owner", 409)
        await self._audit.note(session.worker.name, "returned", body.lane)
        return _result("returned")

    async def confirm(self, request: Request) -> JSONResponse:
        """The worker has checked that it is still the same person."""
        session, body = await self._posted(request, ByOwner)
        if not (await self._owns(session, body) and await self._desk.confirm_same_person(body.lane, body.claim)):
            return _result("not_owner", 409)
        await self._audit.note(session.worker.name, "confirmed", body.lane)
        return _result("confirmed")

    async def take_callback(self, request: Request) -> JSONResponse:
        """Shows the answers of a call-back to the worker who will ring, and to nobody else."""
        session, body = await self._posted(request, OnLane)
        answers = await self._desk.callbacks.take(body.lane, session.worker.name)
        if answers is None:
            return _result("taken", 409)
        await self._audit.note(session.worker.name, "callback_taken", body.lane)
        return JSONResponse({"result": "taken_by_you", "answers": answers})

    async def callback_done(self, request: Request) -> JSONResponse:
        """Deletes a call-back that this worker has."""
        session, body = await self._posted(request, OnLane)
        if not await self._desk.callbacks.done(body.lane, session.worker.name):
            return _result("not_owner", 409)
        await self._audit.note(session.worker.name, "callback_done", body.lane)
        return _result("done")

    async def here(self, request: Request) -> JSONResponse:
        """A hand is on the desk."""
        await self._sessions.touch(_session(request))
        return _result("ok")

    # -- inside ----------------------------------------------------------------------------------

    async def _posted(self, request: Request, kind: type[Body]) -> tuple[Session, Body]:
        session = _session(request)
        body = await read_body(request, kind)
        await self._sessions.touch(session)
        return session, body

    async def _owns(self, session: Session, body: ByOwner) -> bool:
        """A claim number alone is no proof of who sends it; a person who left has no owner, and is told as left."""
        handoff = await self._desk.record(body.lane)
        return handoff.state in ("none", "left") or handoff.worker == session.worker.name

    def _hours(self, now: datetime) -> dict[str, Any]:
        closes = self._desk.closes(now)
        return {
            "open": self._desk.is_open(now),
            "words": self._desk.hours_words(),
            "closes": clock_words(closes) if closes else "",
            "opens": "" if closes else self._desk.opens_words(now),
        }

    @staticmethod
    def _item(handoff: Handoff, worker: str, now: datetime) -> dict[str, Any]:
        return {
            "lane": handoff.lane,
            "state": handoff.state,
            "channel": handoff.channel,
            "since": _iso(handoff.since or handoff.left_at),
            "danger": handoff.danger,
            "risk": handoff.risk,
            "worker": handoff.name,
            "mine": bool(handoff.worker) and handoff.worker == worker,
            "claimable": _claimable(handoff, worker, now),
            "unanswered": handoff.unanswered(now),
            "check": handoff.someone_else,
            "rings": _rings(handoff, worker, now),
            "note": plain(handoff.reason) if handoff.state == "left" else returned_words(handoff, now),
        }


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


def _rings(handoff: Handoff, worker: str, now: datetime) -> bool:
    """Whether this worker's desk sounds for it: nobody has her, or danger came up and is not answered."""
    mine = handoff.worker == worker
    return handoff.state == "waiting" or handoff.unanswered(now) or (mine and handoff.alarming())


def _claimable(handoff: Handoff, worker: str, now: datetime) -> bool:
    return handoff.state == "waiting" or (handoff.unanswered(now) and handoff.worker != worker)


def _line(line: TalkLine) -> dict[str, Any]:
    return {"who": line.who, "text": line.text, "at": _iso(line.at), "cues": [plain(cue) for cue in line.cues]}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _result(result: str, status: int = 200) -> JSONResponse:
    return JSONResponse({"result": result}, status)
