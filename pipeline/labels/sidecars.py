"""Read text files beside pictures: ``x.txt``, ``x.caption`` or ``x.jpg.txt`` beside ``x.jpg``."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import By, Label
from pipeline.labels.sidecar_forms import Form, form_of_tags, items_of, judged
from pipeline.labels.sidecar_names import (
    ENDINGS,
    Written,
    load_manifest,
    pictures_by_sidecar,
    stem_of,
)
from pipeline.labels.tag_lists import named_tag
from pipeline.reading.content import Content
from pipeline.runtime.errors import PipelineError

SidecarKind = Literal["auto", "texts", "tags"]
"""What sidecars hold; ``auto`` judges it by those of a folder."""

_MAX_BYTES = 1 << 20
"""Of a sidecar; a larger text file is about something else."""
_MAX_EXAMPLES = 5
_SAMPLE = 1000
"""Sidecars by which all are judged."""


class Sidecars:
    """The texts or tags beside pictures. Each iteration reads all again, in order of the pictures.

    Of texts every line that is not empty is one. What Yajiuma wrote, and nobody changed since, is
    by whoever said it then; anything else is by a person, and tags are all that hold.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        besides: Collection[Path] = (),
        kind: SidecarKind = "auto",
    ) -> None:
        """``names`` are paths of pictures below ``folder``; files ``besides`` are no sidecars."""
        self.path = folder
        self._pictures = pictures_by_sidecar(names)
        self._besides = {path.resolve() for path in besides}
        self._kind = kind
        self._told: defaultdict[str, list[str]] = defaultdict(list)
        """What is unusual about which sidecars."""
        self.report = self._new_report()
        """The report of the iteration begun last; its numbers count the lines of all sidecars."""

    def __iter__(self) -> Iterator[Label]:
        """Raises PipelineError BAD_ARTIFACT if the list of what Yajiuma wrote is damaged."""
        self.report = self._new_report()
        self._told.clear()
        written = load_manifest(self.path)
        sidecars = self._sidecars()
        are_tags = self._are_tags(sidecars, written)
        for stem, pictures in self._pictures.items():
            found = sidecars.pop(stem, [])
            if len(pictures) > 1 and found:
                names = " or ".join(pictures)
                self._told["that could be of several pictures, and so are of none"] += [
                    f"{name} ({names})" for name in found
                ]
                continue
            if len(found) > 1:
                self._told["beside others of the same picture, all of which are read"] += found
            for name in found:
                yield from self._labels(
                    pictures[0], name, written.get(name), are_tags[_ending(name)]
                )
        for found in sidecars.values():
            self._told["without a picture"] += found
        for what, names_told in self._told.items():
            more = len(names_told) - _MAX_EXAMPLES
            listed = ", ".join(names_told[:_MAX_EXAMPLES]) + (f" and {more} more" * (more > 0))
            self.report.note(f"{len(names_told)} sidecars {what}: {listed}")

    def _new_report(self) -> LabelReport:
        return LabelReport(self.path.name, "sidecars")

    def _sidecars(self) -> dict[str, list[str]]:
        """The sidecars of each stem, by their paths below the folder."""
        found = []
        for folder, below, files in os.walk(self.path):
            below[:] = [name for name in below if not name.startswith(".")]
            paths = [Path(folder, name) for name in files if not name.startswith(".")]
            found += [
                path.relative_to(self.path).as_posix()
                for path in paths
                if path.suffix.lower() in ENDINGS and path.resolve() not in self._besides
            ]
        by_stem: dict[str, list[str]] = {}
        for name in sorted(found):
            by_stem.setdefault(stem_of(name), []).append(name)
        return by_stem

    def _are_tags(
        self, sidecars: Mapping[str, Sequence[str]], written: Mapping[str, Written]
    ) -> dict[str, bool]:
        """Whether the sidecars of each ending hold tags; it is told where any look like tags.

        Those that Yajiuma wrote do not count. Their form is known, even if somebody changed them.
        """
        if self._kind != "auto":
            return dict.fromkeys(ENDINGS, self._kind == "tags")
        found: dict[str, bool] = {}
        named = [name for stem in sidecars.keys() & self._pictures for name in sidecars[stem]]
        for ending in ENDINGS:
            names = sorted(n for n in named if _ending(n) == ending and n not in written)
            sample = names[:: max(1, len(names) // _SAMPLE)]
            lines = [_lines(content) for name in sample if (content := self._content(name))]
            found[ending], alike = judged(lines)
            if alike:
                self.report.note(
                    f"{alike} of {len(lines)} sidecars {ending} look like tags"
                    + (
                        " and all are read so (labels.sidecars=texts reads each line as a text)"
                        if found[ending]
                        else ", but too few: each line is read as a text"
                        " (labels.sidecars=tags reads tags)"
                    )
                )
        return found

    def _content(self, name: str) -> Content | None:
        """A sidecar that can be read; None if it is no text, or too long for one."""
        path = self.path / name
        try:
            if path.stat().st_size > _MAX_BYTES:
                return None
            content = Content.open(path)
        except (OSError, PipelineError):
            return None
        return content if content.encoding else None

    def _labels(
        self, picture: str, name: str, written: Written | None, are_tags: bool
    ) -> Iterator[Label]:
        content = self._content(name)
        if content is None:
            self._told["that cannot be read, are no text, or too long for one"].append(name)
            return
        is_own = written is not None and written.holds(content.path.read_bytes())
        lines = _lines(content)
        form = written.form if written else form_of_tags(lines) if are_tags else "texts"
        items = items_of(lines, form)
        if not items:
            self._told["that are empty"].append(name)
        for number, item in enumerate(items, 1):
            by: By = "person"
            if written and is_own and item not in written.kept:
                by = written.by
            for label in self._said(picture, item, form, by, complete=not is_own):
                if "\ufffd" in item and content.faults:
                    self.report.repair("not in its encoding")
                yield msgspec.structs.replace(label, file=name, number=number)

    def _said(self, picture: str, item: str, form: Form, by: By, *, complete: bool) -> list[Label]:
        if form == "texts":
            return self.report.text(picture, item, by=by)
        tag = named_tag(item)
        return self.report.tag(picture, tag.name, group=tag.group, by=by, complete=complete)


def _lines(content: Content) -> list[str]:
    return [line for line in content.lines() if line.strip()]


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
