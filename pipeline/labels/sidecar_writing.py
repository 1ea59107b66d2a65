"""Write what is said about pictures into text files beside them.

A file that Yajiuma did not write, or that somebody changed since, is never replaced. A list in the
folder remembers what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from pipeline.labels.record import Label
from pipeline.labels.sidecar_forms import Form, items_of, looks_like
from pipeline.labels.sidecar_names import Written, load_manifest, pictures_by_stem, save_manifest
from pipeline.labels.tag_names import same_tag
from pipeline.labels.writer import Output
from pipeline.media.picture_files import ENDINGS as PICTURE_ENDINGS
from pipeline.reading.content import Content
from pipeline.runtime.atomic_files import temporary_beside
from pipeline.runtime.errors import PipelineError

ItemOf = Callable[[Label], str]
"""The text or tag as it stands in a sidecar; empty for what the format cannot carry."""


def write_sidecars(
    labels: Iterable[Label],
    output: Output,
    form: Form,
    item_of: ItemOf,
    *,
    whole_names: bool = False,
) -> None:
    """Write a file for each picture: ``x.txt``, or ``x.jpg.txt`` if of ``whole_names``.

    All labels are held in memory.
    """
    said: dict[str, list[Label]] = {}
    for label in labels:
        if _is_inside(label.picture):
            said.setdefault(label.picture, []).append(label)
        else:
            output.lose("labels of pictures outside the folder")
    written = load_manifest(output.path)
    new: dict[str, Written] = {}
    contents: dict[str, bytes] = {}
    for name, pictures in _by_sidecar(said, output.path, whole_names).items():
        own = [label for picture in pictures for label in said.get(picture, ())]
        if own and len(pictures) > 1:
            output.lose("labels of pictures that differ only in their ending", len(own))
            continue
        items = [item for label in own if (item := item_of(label))]
        content, kept = _content(name, items, form, written.get(name), output)
        if content is None:
            continue
        output.written += len(items)
        by = {label.by for label in own}
        if len(by) > 1:
            output.lose("which of them a person gave", len(own))
        if content != _bytes(output.path / name):
            contents[name] = content
            new[name] = Written.of(content, "model" if "model" in by else "person", form, kept)
    if not new:
        return
    # Whenever this ends, the list knows each file that is there, be it the old or the new one.
    save_manifest(output.path, written | {n: w.after(written.get(n)) for n, w in new.items()})
    for name, content in contents.items():
        _replace(output.path / name, content)
    save_manifest(output.path, written | new)


def _is_inside(picture: str) -> bool:
    path = PurePosixPath(picture)
    return bool(path.name) and not path.is_absolute() and not {"..", "\0"} & {*path.parts, *picture}


def _by_sidecar(
    labelled: Iterable[str], folder: Path, whole_names: bool
) -> Mapping[str, Sequence[str]]:
    """The pictures of each sidecar, those without labels too."""
    there = sorted(_pictures_below(folder))
    pictures = dict.fromkeys([*labelled, *there])
    if whole_names:
        return {f"{picture}.txt": [picture] for picture in pictures}
    shared = pictures_by_stem(pictures).values()
    return {str(PurePosixPath(names[0]).with_suffix(".txt")): names for names in shared}


def _pictures_below(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in PICTURE_ENDINGS:
            yield path.relative_to(folder).as_posix()


def _content(
    name: str, items: Sequence[str], form: Form, record: Written | None, output: Output
) -> tuple[bytes | None, tuple[str, ...]]:
    """What a sidecar shall hold, or None if it stays as it is, and what of it is a person's."""
    if not items:
        return None, ()
    path = output.path / name
    new, before = _joined(items, form), _bytes(path)
    if before is None:
        return new, ()
    if output.existing == "skip":
        output.keep(name, "for they were there")
        return None, ()
    if record is not None and record.holds(before):
        if record.form != form:
            output.keep(name, "for Yajiuma wrote something else there")
            return None, ()
        lines = before.decode("utf-8", "replace").split("\n")
        others = items_of(lines, form) if output.existing == "append" else []
        if not record.kept and not others:
            return new, ()
        return _joined(_different([*record.kept, *items, *others]), form), record.kept
    if before == new:
        return new, ()
    kept = _items(path, form) if output.existing == "append" else None
    if kept is None:
        output.keep(name, "for Yajiuma did not write them")
        return None, ()
    merged = _different([*kept, *items])
    return before if merged == _different(kept) else _joined(merged, form), tuple(kept)


def _items(path: Path, form: Form) -> list[str] | None:
    """What a sidecar holds; None if it is no text, or surely not in this form."""
    try:
        content = Content.open(path)
    except (OSError, PipelineError):
        return None
    lines = [line for line in content.lines() if line.strip()]
    if content.encoding is None or looks_like(lines) not in (form, None):
        return None
    return items_of(lines, form)


def _different(tags: Iterable[str]) -> list[str]:
    """Tags without repetitions, in whatever way a repeated one is written."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(same_tag(tag), tag)
    return [*found.values()]


def _joined(items: Iterable[str], form: Form) -> bytes:
    text = ", ".join(items) + "\n" if form == "commas" else "".join(f"{item}\n" for item in items)
    return text.encode("utf-8", "replace")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _replace(path: Path, content: bytes) -> None:
    """Write a file that appears whole; there may be too many of them to wait for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
