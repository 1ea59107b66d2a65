"""Import what people said about a collection of pictures: merge files, and find the pictures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.labels.boxes import MisplacedError, Sizes, placed
from pipeline.labels.crop_names import as_of_picture
from pipeline.labels.import_report_text import summary
from pipeline.labels.label_folder import LabelFolder
from pipeline.labels.reading import LabelFile, read_labels
from pipeline.labels.record import By, Label
from pipeline.labels.resolving import Collection, UnresolvedError
from pipeline.labels.score_folders import ScoreFolders, folders_of_scores
from pipeline.labels.sidecars import Sidecars
from pipeline.labels.tag_lists import RATING
from pipeline.labels.tag_names import same_tag
from pipeline.labels.xmp_ratings import XmpRatings, has_ratings
from pipeline.reading.import_report_file import ImportReport
from pipeline.reading.read_report import Tally
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.quantities import counted

_Source = LabelFile | LabelFolder | ScoreFolders | Sidecars | XmpRatings

_MAX_EXAMPLES = 5
"""Pictures that a file's report names for each reason why none is found."""


class LabelImport:
    """Iterating yields the labels of pictures in the collection, in the order of the files.

    ``picture`` is then the name in the collection. Files are read twice, because a person's line
    in the last one wins over a model's in the first; of each label a hash stays in memory.
    """

    def __init__(
        self,
        files: Sequence[Path],
        names: Sequence[str],
        beside: Sequence[LabelFolder | Sidecars | XmpRatings] = (),
        sizes: Sizes | None = None,
    ) -> None:
        """``names`` are those of the pictures: paths below their folder, with ``/``.

        ``files`` may be folders of boxes, scores, or rated pictures. What lies ``beside`` pictures
        is read last. Boxes of a picture without a known size are not compared with it, and dropped
        if in shares of it.
        Raises PipelineError as read_labels does; iterating raises NOTHING_USABLE.
        """
        self._sources: list[_Source] = [_opened(path) for path in files]
        self._sources += beside
        self._collection = Collection(names)
        self._sizes = sizes or {}
        self._dropped = Tally()
        self._kept = 0
        self.pictures: set[str] = set()
        """That labels were kept of; complete after an iteration."""
        self._boxes: Counter[str] = Counter()
        """Boxes of each picture that was looked at, be there any or not."""

    def __iter__(self) -> Iterator[Label]:
        self._dropped, self._kept = Tally(), 0
        self.pictures.clear()
        self._boxes.clear()
        said: set[int] = set()
        boxed: set[tuple[str, By]] = set()
        for _, label in self._found(Tally()):
            if label.by == "person":
                said.update(_statements(label))
            if label.kind == "box" and label.box is not None:
                boxed.add((label.picture, label.by))
        seen: set[int] = set()
        for number, label in self._found(self._dropped):
            content = _content(label)
            if label.by == "model" and not said.isdisjoint(_questions(label)):
                self._dropped.add("by a model, where a person said something", number)
            elif content in seen:
                self._dropped.add("read before", number)
            elif _says_nothing_there(label) and (label.picture, label.by) in boxed:
                self._dropped.add("that there is nothing to box, where there are boxes", number)
            else:
                seen.add(content)
                self._kept += 1
                self.pictures.add(label.picture)
                if label.kind == "box":
                    self._boxes[label.picture] += label.box is not None
                yield label
        if not self._kept:
            raise self._nothing_left()

    @property
    def report(self) -> ImportReport:
        """What became of every label; complete after an iteration."""
        files = [source.report.result() for source in self._sources]
        return ImportReport(files, self._dropped.issues(), self._kept, self._notes())

    def _found(self, dropped: Tally) -> Iterator[tuple[int, Label]]:
        """Number and label of all whose picture is in the collection; others are ``dropped``."""
        number = 0
        for source in self._sources:
            examples: defaultdict[str, dict[str, None]] = defaultdict(dict)
            for label in source:
                number += 1
                try:
                    label, picture = self._resolved(label)
                except UnresolvedError as fault:
                    dropped.add(fault.reason, number)
                    if len(examples[fault.reason]) < _MAX_EXAMPLES:
                        examples[fault.reason][fault.example] = None
                    continue
                label = msgspec.structs.replace(label, picture=picture, other_names=())
                try:
                    label, changes = placed(label, self._sizes.get(picture))
                except MisplacedError as fault:
                    dropped.add(fault.reason, number)
                    continue
                for change in changes:
                    source.report.repair(change, ahead=label.number - source.report.read)
                yield number, label
            for reason, named in examples.items():
                source.report.note(f"{reason}: {', '.join(named)}")

    def _resolved(self, label: Label) -> tuple[Label, str]:
        """A label and its picture, which may be one that a crop was cut out of.

        Raises UnresolvedError.
        """
        try:
            return label, self._collection.picture_of(label)
        except UnresolvedError:
            whole = as_of_picture(label)
            if whole is label:
                raise
            return whole, self._collection.picture_of(whole)

    def _notes(self) -> list[str]:
        """How many boxes there are, to be compared with what one expects."""
        if not self._boxes:
            return []
        boxes, pictures = self._boxes.total(), sum(map(bool, self._boxes.values()))
        without = len(self._boxes) - pictures
        return [
            f"{boxes:,} box{'es' * (boxes != 1)} of {counted(pictures, 'picture')},"
            f" {counted(without, 'picture')} without any"
        ]

    def _nothing_left(self) -> PipelineError:
        files = ", ".join(str(source.path) for source in self._sources)
        return PipelineError(
            ExitCode.NOTHING_USABLE,
            f"no usable label in {files or 'any file'}: {'; '.join(summary(self.report))}",
            "Give a file with texts, tags, boxes or scores of pictures in the collection, by the"
            " names of their files. LABELS= holds until another file is named, or until"
            " `make clean PICTURES=…`",
        )


def _opened(path: Path) -> _Source:
    if not path.is_dir():
        return read_labels(path)
    if folders_of_scores(path):
        return ScoreFolders(path)
    return XmpRatings(path) if has_ratings(path) else LabelFolder(path)


def _content(label: Label) -> int:
    """The same for labels that repeat each other.

    Who scores a picture twice may well say the same again: only a line read twice is a repeat.
    """
    score = (label.weight, label.file, label.number) if label.kind == "score" else None
    value = same_tag(label.value) if label.kind == "tag" else label.value
    box = label.box and tuple(round(edge, 1) for edge in label.box)  # formats round differently
    about = (label.kind, label.group == RATING, value, box, score)
    return hash((label.picture, label.rater, *about))


def _says_nothing_there(label: Label) -> bool:
    return label.kind == "box" and label.box is None


def _statements(label: Label) -> Sequence[int]:
    """What a person's label settles.

    That is everything of its kind about the picture. But a tag settles only itself, a content
    rating all ratings, and one of all tags that hold all other tags, too.
    """
    own, all_of_them = _questions(label)
    return (own, all_of_them) if label.kind != "tag" or label.complete else (own,)


def _questions(label: Label) -> tuple[int, int]:
    """What a model's label is about: if a person settled either, it does not count."""
    subject = (label.picture, label.kind)
    if label.kind != "tag":
        return hash(subject), hash(subject)
    if label.group == RATING:
        return hash((*subject, RATING)), hash((*subject, RATING))
    return hash((*subject, "", same_tag(label.value))), hash(subject)
