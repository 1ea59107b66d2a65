"""The account that a reader keeps of every label in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.labels.boxes import UNNAMED, Box, box_of
from pipeline.labels.keep_words import keep_word
from pipeline.labels.record import Label, Split
from pipeline.labels.tag_lists import Tag
from pipeline.reading import values
from pipeline.reading.read_report import ReadReport

_SPLITS: Mapping[str, Split] = {
    # Karpathy's restval is what is left of COCO's validation pictures, and is learned from.
    **dict.fromkeys(("train", "training", "restval", "trainval"), "train"),
    **dict.fromkeys(("dev", "val", "valid", "validation"), "dev"),
    **dict.fromkeys(("test", "testing"), "test"),
}


class LabelReport(ReadReport):
    """The account of one label file."""

    noun = "label"

    def text(
        self,
        picture: object,
        text: object,
        *,
        weight: object = None,
        decimal_comma: bool = False,
        **fields: Any,
    ) -> list[Label]:
        """Count a text; the label that it is, or none if it lacks text or picture.

        White space around it and NUL are removed. ``fields`` are as for ``_label``.
        """
        self.read += 1
        said = (values.text(text) or "").replace("\0", "").strip()
        if not any(map(str.isprintable, said)):  # as zero-width spaces are not
            self.drop("without text")
            return []
        return self._label(picture, _number(self, weight, decimal_comma), **fields, value=said)

    def score(
        self, picture: object, score: object, *, decimal_comma: bool = False, **fields: Any
    ) -> list[Label]:
        """Count a score; the label that it is, or none if it lacks a number or picture."""
        self.read += 1
        number = values.decimal(score, decimal_comma)
        if number is None:
            self.drop("without a score")
            return []
        return self._label(picture, number, **fields, kind="score")

    def tag(
        self,
        picture: object,
        tag: object,
        *,
        weight: object = None,
        decimal_comma: bool = False,
        **fields: Any,
    ) -> list[Label]:
        """Count a tag; the label that it is, or none if it lacks a name or picture."""
        self.read += 1
        name = (values.text(tag) or "").replace("\0", "").strip()
        if not name:
            self.drop("without a tag")
            return []
        number = _number(self, weight, decimal_comma)
        return self._label(picture, number, **fields, kind="tag", value=name)

    def tags(
        self, picture: object, tags: Sequence[Tag], *, complete: bool = False, **fields: Any
    ) -> list[Label]:
        """Count all tags of a picture; those with a probability are by a model.

        That there is none counts, too, and is dropped. Tags are only ``complete`` if none is by a
        model.
        """
        if not tags:
            self.read += 1
            self.drop("without tags")
        complete = complete and all(tag.probability is None for tag in tags)
        labels: list[Label] = []
        for tag in tags:
            about = {**fields, "group": tag.group, "complete": complete}
            if tag.probability is not None:
                about |= {"weight": tag.probability, "by": "model"}
            labels += self.tag(picture, tag.name, **about)
        return labels

    def box(
        self,
        picture: object,
        edges: Sequence[object],
        name: object = None,
        *,
        weight: object = None,
        decimal_comma: bool = False,
        **fields: Any,
    ) -> list[Label]:
        """Count a box with its left, top, right and bottom; none if one is no number.

        ``name`` is that of its class. A box with a probability is by a model unless ``by`` is
        given. Edges that are in the wrong order are mended.
        """
        self.read += 1
        numbers = [values.decimal(edge, decimal_comma) for edge in edges]
        box = box_of(numbers)
        if box is None:
            self.drop("without the four numbers of a box")
            return []
        if list(box) != numbers:
            self.repair("with right before left, or bottom above top")
        probability = _number(self, weight, decimal_comma)
        fields = {"by": "person" if probability is None else "model", **fields}
        value = (values.text(name) or "").replace("\0", "").strip() or UNNAMED
        return self._label(picture, probability, **fields, kind="box", value=value, box=box)

    def nothing(self, picture: object, **fields: Any) -> list[Label]:
        """Count that somebody looked at a picture, and there is nothing to box."""
        self.read += 1
        return self._label(picture, None, **fields, kind="box")

    def domain(self, picture: object, domain: object, **fields: Any) -> list[Label]:
        """Count a domain; the label that it is, or none if it lacks a name or picture."""
        self.read += 1
        name = (values.text(domain) or "").replace("\0", "").strip()
        if not name:
            self.drop("without a domain")
            return []
        return self._label(picture, None, **fields, kind="domain", value=name)

    def in_no_domain(self, picture: object) -> list[Label]:
        """Count that a picture is in none of the domains; the label that says so."""
        self.read += 1
        return self._label(picture, None, kind="domain")

    def keep(self, picture: object, word: object, **fields: Any) -> list[Label]:
        """Count whether to keep a picture; the label that says so, or none for another word."""
        self.read += 1
        value = keep_word(values.text(word) or "")
        if not value:
            self.drop("neither keep nor drop")
            return []
        return self._label(picture, None, **fields, kind="keep", value=value)

    def _label(
        self,
        picture: object,
        weight: float | None,
        *,
        rater: object = None,
        by: object = None,
        split: object = None,
        other_names: tuple[str, ...] = (),
        group: object = "",
        complete: bool = False,
        kind: Any = "text",
        value: str = "",
        box: Box | None = None,
        drawn_on: tuple[float, float] | None = None,
    ) -> list[Label]:
        name = (values.text(picture) or "").strip()
        if not name:
            self.drop("without a picture")
            return []
        label = Label(
            picture=name,
            other_names=other_names,
            kind=kind,
            value=value,
            group=(values.text(group) or "").strip(),
            box=box,
            drawn_on=drawn_on,
            weight=weight,
            rater=(values.text(rater) or "").strip() or None,
            by="model" if by == "model" else "person",
            complete=complete and by != "model",
            split=split_named(values.text(split) or ""),
            file=self.file,
            number=self.read,
        )
        return [label]


def split_named(word: str) -> Split:
    """The part of a data set that is so called, in any of the usual ways; empty for others."""
    return _SPLITS.get(word.strip().lower(), "")


def _number(report: ReadReport, weight: object, decimal_comma: bool) -> float | None:
    """The weight as a number; anything else is told of, unless it is nothing."""
    number = values.decimal(weight, decimal_comma)
    if number is None and weight is not None and str(weight).strip():
        report.repair("with a rating that is no number, which is left out")
    return number
