"""The Redis scripts of the desk. Each touches one lane's keys only, so that it also runs on a Redis Cluster."""

from importlib.resources import files


def source(name: str) -> str:
    """The text of one script."""
    return files(__name__).joinpath(f"{name}.lua").read_text(encoding="utf-8")
