"""What is wrong with a directory file, said so that the person who edits it can find the line.

DirectoryError(ValueError)   a file of services, places or words cannot be used
"""

from __future__ import annotations

from pathlib import Path


class DirectoryError(ValueError):
    """A file of the directory that cannot be used: which file, which entry in it, which field, and why."""

    def __init__(self, file: Path, entry: str, field: str, problem: str) -> None:
        self.file = file
        self.entry = entry
        self.field = field
        self.problem = problem
        super().__init__(f"{file}: {entry}: {field}: {problem}")
