"""JSON Lines: one record a line, for people to read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError

_BATCH = 1000  # lines written at once
Line = TypeVar("Line", bound=msgspec.Struct)


def write_lines(target: Path, records: Iterable[msgspec.Struct]) -> int:
    """Publish one JSON object a line; return the number of lines."""
    encoder = msgspec.json.Encoder()
    count, remaining = 0, iter(records)
    with published(target) as temporary, temporary.open("wb") as file:
        while batch := list(islice(remaining, _BATCH)):
            file.write(encoder.encode_lines(batch))
            count += len(batch)
    return count


def read_lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    """Yield the records of a file; raises PipelineError BAD_ARTIFACT with the line number."""
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path}, line {number}: {error}",
                    "Correct the line, or delete the file and run again to make it anew",
                ) from None


def count_lines(path: Path) -> int:
    """The number of records in a file."""
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())
