"""How a start or a run ends early."""


class CannotStart(Exception):
    """Something has to be put right first. One line, fit to be printed."""


class Stopped(Exception):
    """We were asked to end (Ctrl-C, SIGTERM, or the terminal went away)."""
