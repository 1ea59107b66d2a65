"""Read text files beside pictures: ``x.txt`` or ``x.caption`` beside ``x.jpg``."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.labels.sidecar_names import ENDINGS, Written, load_manifest, pictures_by_stem, stem_of
from pipeline.reading.content import Content
from pipeline.runtime.errors import PipelineError

_MAX_BYTES = 1 << 20
"""Of a sidecar; a larger text file is about something else."""
_MAX_EXAMPLES = 5


class Sidecars:
    """The texts beside pictures. Each iteration reads all of them again, in order of the pictures.

    Every line that is not empty is one text. What Yajiuma wrote, and nobody changed since, is by
    whoever said it then; anything else is by a person.
    """

    def __init__(self, folder: Path, names: Sequence[str], besides: Collection[Path] = ()) -> None:
        """``names`` are paths of pictures below ``folder``; files ``besides`` are no sidecars."""
        self.path = folder
        self._pictures = pictures_by_stem(names)
        self._besides = {path.resolve() for path in besides}
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
                yield from self._labels(pictures[0], name, written.get(name))
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

    def _labels(self, picture: str, name: str, written: Written | None) -> Iterator[Label]:
        path = self.path / name
        try:
            too_large = path.stat().st_size > _MAX_BYTES
            content = Content.open(path)
        except (OSError, PipelineError):
            self._told["that cannot be read"].append(name)
            return
        if too_large or content.encoding is None:
            self._told["that are no text, or too long for one"].append(name)
            return
        by = written.by if written and written.holds(path.read_bytes()) else "person"
        lines = [line for line in content.lines() if line.strip()]
        if not lines:
            self._told["that are empty"].append(name)
        for number, line in enumerate(lines, 1):
            for label in self.report.text(picture, line, by=by):
                if "\ufffd" in line and content.faults:
                    self.report.repair("not in its encoding")
                yield msgspec.structs.replace(label, file=name, number=number)
