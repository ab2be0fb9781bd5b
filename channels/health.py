"""Whether the gateway runs, and whether it can keep a message now."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def health(redis: Redis) -> list[Route]:
    """`/health/live` asks nobody; `/health/ready` asks Redis."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        try:
            await redis.ping()
        except (RedisError, OSError):
            return JSONResponse({"status": "redis is away"}, 503)
        return JSONResponse({"status": "ready"})

    return [Route("/health/live", live, methods=["GET"]), Route("/health/ready", ready, methods=["GET"])]
