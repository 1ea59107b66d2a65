"""Imported by every Python process of a watched run: notes in $UNPICKLED who unpickles what."""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

NOTES = Path(os.environ["UNPICKLED"])


def note(line: str) -> None:
    with NOTES.open("a") as notes:
        notes.write(line + "\n")


def unpickled(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "pickle.find_class":
        files = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            files.append("/".join(Path(frame.f_code.co_filename).parts[-2:]))
            frame = frame.f_back
        note(f"{'.'.join(arguments)} for {' < '.join(files)}")


note(f"started {' '.join(sys.orig_argv)}")
sys.addaudithook(unpickled)
