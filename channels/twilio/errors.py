"""What Twilio's error numbers mean for a reply. Source: https://www.twilio.com/docs/api/errors.

Their texts are never kept or logged: some name the number that we wrote to.
"""

from __future__ import annotations

from channels.contract import Outcome, Result

BY_CODE = {
    21211: Result.UNREACHABLE,  # no valid number
    21212: Result.MISCONFIGURED,  # our sender is no valid number
    21408: Result.MISCONFIGURED,  # the account may not send to this country
    21603: Result.MISCONFIGURED,  # no sender given
    21606: Result.MISCONFIGURED,  # the sender cannot send messages
    21609: Result.MISCONFIGURED,  # our status address is not valid
    21610: Result.OPTED_OUT,  # the person has texted STOP
    21611: Result.RETRY,  # the sender's queue is full
    21612: Result.UNREACHABLE,  # no route from this sender to this number
    21614: Result.UNREACHABLE,  # not a mobile number
    21659: Result.MISCONFIGURED,  # the sender is not ours
    21660: Result.MISCONFIGURED,  # the sender belongs to another account
    21703: Result.MISCONFIGURED,  # the Messaging Service has no sender
    63003: Result.UNREACHABLE,  # no WhatsApp at this address
    63007: Result.MISCONFIGURED,  # no WhatsApp sender with this address
    63018: Result.RETRY,  # WhatsApp's rate is exceeded
    63024: Result.UNREACHABLE,  # no valid WhatsApp recipient
}
BY_STATUS = {
    401: Result.MISCONFIGURED,
    403: Result.MISCONFIGURED,
    404: Result.MISCONFIGURED,
    408: Result.RETRY,
    425: Result.RETRY,
    429: Result.RETRY_AFTER,
}


def outcome(status: int, code: object, after: float | None = None) -> Outcome:
    """The outcome of a refused request. `code` as Twilio gave it, `after` the seconds of `Retry-After`."""
    number = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()) else status
    result = BY_CODE.get(number) or BY_STATUS.get(status)
    if result is None:
        result = Result.RETRY if status >= 500 else Result.REJECTED
    if result is Result.RETRY_AFTER and after is None:
        result = Result.RETRY
    return Outcome(result, after if result is Result.RETRY_AFTER else None, str(number))
