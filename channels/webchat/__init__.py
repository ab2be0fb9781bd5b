"""The web chat: `WS /chat`, JSON frames (README, "Web chat"). One session a socket, one hub a process."""
