"""How much there is of a video before any stage has run: for estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.engine.stage import Amounts
from pipeline.runtime.errors import PipelineError
from pipeline.sources.pointers import (
    COMMENTS_POINTER,
    LABELS_POINTER,
    STILLS_POINTER,
    VIDEO_POINTER,
    FileSources,
    Source,
    StillsSource,
)

_MAX_OPENED = 20
"""Videos that are looked into, which takes a hundredth of a second each. The others are taken to
be like these."""
_PIXELS_A_BYTE = 5.0
"""Of a JPEG, roughly."""
_EPISODE = {"seconds": 1440.0, "frames": 36_000.0, "pixels": 1280 * 720.0}, 360e6
"""What a video is like where none can be looked into, and its bytes."""


def amounts(workdir: Path, recorded: Mapping[str, Amounts]) -> dict[str, dict[str, float]]:
    """What is known of videos, by name, beside what stages ``recorded`` of them.

    ``seconds``, ``frames`` and ``pixels`` (of one frame) are left out where they were recorded;
    ``comment_bytes`` is the size of the comment files, ``label_bytes`` that of other labels, and
    ``stills`` how many pictures a folder of them has.
    """
    new = [name for name, known in recorded.items() if "seconds" not in known]
    stills = {name: stills for name in new if (stills := _stills(workdir / name))}
    new = [name for name in new if name not in stills]
    videos = {name: video for name in new if (video := _video(workdir / name))}
    step = -(-len(videos) // _MAX_OPENED) or 1
    opened = {name: look for name in list(videos)[::step] if (look := _look_into(videos[name]))}
    examples = [(look, _bytes([videos[name]])) for name, look in opened.items()] or [_EPISODE]
    found: dict[str, dict[str, float]] = {}
    for name in recorded:
        found[name] = {
            "comment_bytes": _bytes(_listed(workdir / name / COMMENTS_POINTER)),
            "label_bytes": _bytes(_listed(workdir / name / LABELS_POINTER)),
        } | stills.get(name, {})
        if name in videos:
            found[name] |= opened.get(name) or _like(examples, _bytes([videos[name]]))
    return found


def _look_into(video: Path) -> dict[str, float] | None:
    """What a video's headers say; None where they cannot be read, as its own stages will report."""
    from pipeline.media.video_file import VideoFile

    try:
        file = VideoFile.open(video)
    except PipelineError:
        return None
    pixels = float(file.width * file.height)
    return {"seconds": float(file.duration), "frames": float(file.frame_count), "pixels": pixels}


def _like(examples: Sequence[tuple[Amounts, float]], size: float) -> dict[str, float]:
    """What a video of so many bytes has if it is like ``examples`` with theirs."""
    share = size / sum(bytes_ for _, bytes_ in examples)
    return {
        "seconds": share * sum(example["seconds"] for example, _ in examples),
        "frames": share * sum(example["frames"] for example, _ in examples),
        "pixels": sum(example["pixels"] for example, _ in examples) / len(examples),
    }


def _video(folder: Path) -> Path | None:
    with suppress(OSError, PipelineError):
        return Path(Source.load(folder / VIDEO_POINTER).path)
    return None


def _stills(folder: Path) -> dict[str, float]:
    """How many stills there are, and how large the files of some are; nothing for a video."""
    try:
        source = StillsSource.load(folder / STILLS_POINTER)
    except (OSError, PipelineError):
        return {}
    some = source.files[:: -(-len(source.files) // _MAX_OPENED)]
    count = float(len(source.files))
    size = _bytes(source.folder / file.name for file in some) / len(some)
    return {"seconds": count, "frames": count, "stills": count, "pixels": size * _PIXELS_A_BYTE}


def _listed(pointer: Path) -> list[Path]:
    with suppress(OSError, PipelineError):
        return [Path(file.path) for file in FileSources.load(pointer).files]
    return []


def _bytes(files: Iterable[Path]) -> float:
    """The size of files and folders, without those that are not there."""
    total = 0.0
    for file in files:
        with suppress(OSError):
            parts = filter(Path.is_file, file.rglob("*")) if file.is_dir() else [file]
            total += sum(part.stat().st_size for part in parts)
    return total
