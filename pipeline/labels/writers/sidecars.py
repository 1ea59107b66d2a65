"""Sidecars: the texts of ``x.jpg`` in ``x.txt`` beside it, one a line.

A file that Yajiuma did not write, or that somebody changed since, is never replaced. A list in the
folder remembers what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from pipeline.labels.record import By, Label
from pipeline.labels.sidecar_names import Written, load_manifest, pictures_by_stem, save_manifest
from pipeline.labels.writer import Output, Writer
from pipeline.media.picture_files import ENDINGS as PICTURE_ENDINGS
from pipeline.runtime.atomic_files import temporary_beside

_NEW = Written((), "person")
"""Of a sidecar that Yajiuma never wrote."""


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture. All labels are held in memory."""
    texts: dict[str, list[Label]] = {}
    for label in labels:
        if _is_inside(label.picture):
            texts.setdefault(label.picture, []).append(label)
        else:
            output.lose("texts of pictures outside the folder")
    written = load_manifest(output.path)
    replacing = _replacing(texts, written, output)
    if not replacing:
        return
    # Whenever this ends, the list knows each file that is there, be it the old or the new one.
    for name, (content, by) in replacing.items():
        written[name] = written.get(name, _NEW).replaced(content, by)
    save_manifest(output.path, written)
    for name, (content, _) in replacing.items():
        _replace(output.path / name, content)
    save_manifest(output.path, {name: record.settled() for name, record in written.items()})


def _is_inside(picture: str) -> bool:
    path = PurePosixPath(picture)
    return bool(path.name) and not path.is_absolute() and not {"..", "\0"} & {*path.parts, *picture}


def _replacing(
    texts: Mapping[str, list[Label]], written: Mapping[str, Written], output: Output
) -> dict[str, tuple[bytes, By]]:
    """The sidecars to write: their paths below the folder, content, and who says it."""
    replacing: dict[str, tuple[bytes, By]] = {}
    there = sorted(_pictures_below(output.path))
    for pictures in pictures_by_stem(dict.fromkeys([*texts, *there])).values():
        labels = [label for picture in pictures for label in texts.get(picture, ())]
        if labels and len(pictures) > 1:
            output.lose("texts of pictures that differ only in their ending", len(labels))
            continue
        if not labels:
            continue
        name = str(PurePosixPath(pictures[0]).with_suffix(".txt"))
        said = "".join(f"{output.in_one_line(label.value)}\n" for label in labels)
        content = said.encode("utf-8", "replace")
        path = output.path / name
        before = path.read_bytes() if path.exists() else None
        if before not in (None, content) and not written.get(name, _NEW).holds(before):
            output.kept.append(name)
            continue
        output.written += len(labels)
        by: set[By] = {label.by for label in labels}
        if len(by) > 1:
            output.lose("which lines a person wrote", len(labels))
        if before != content:
            replacing[name] = (content, "model" if "model" in by else "person")
    return replacing


def _pictures_below(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in PICTURE_ENDINGS:
            yield path.relative_to(folder).as_posix()


def _replace(path: Path, content: bytes) -> None:
    """Write a file that appears whole; there may be too many of them to wait for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


WRITER = Writer(kinds=frozenset({"text"}), carries=frozenset({"by"}), write=write)
