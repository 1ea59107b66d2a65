"""Label Studio's JSON: what people annotated, and what models predicted, of each task.

Boxes are in percent of the picture and turn about their upper left corner. JSON-MIN has the same in
flat objects, without the types of what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from pipeline.labels.boxes import SHARES, around, around_turned, edges_of, size_of
from pipeline.labels.columns import PICTURES, is_picture_name
from pipeline.labels.json_reader import objects, place_of_objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content

_ANNOTATIONS = ("annotations", "completions")
_FLAT = ("annotation_id", "annotator", "lead_time")
_ABOUT = (*_FLAT, "id", "created_at", "updated_at", "agreement", "file_upload", *PICTURES)
_KINDS = {
    **dict.fromkeys(("choice", "choices"), "choices"),
    **dict.fromkeys(("rating", "stars", "score"), "rating"),
    **dict.fromkeys(("text", "textarea", "caption", "transcription"), "textarea"),
}
"""What members of flat objects are, by their usual names."""
_RECTANGLES, _POLYGONS = ("rectanglelabels", "rectangle"), ("polygonlabels", "polygon")
_UPLOADS = "/data/upload/"
_NAMES = "labels"
"""The type of a result that repeats another one with its classes."""
_NO_SHAPES = {*_KINDS.values(), "number", "taxonomy", "relation", "datetime"}

_Members = Mapping[str, Any]


class _Opinion(NamedTuple):
    """What one person or model says about a picture."""

    results: Sequence[_Members]
    fields: dict[str, Any]


def confidence(content: Content) -> float:
    """High if there are tasks with their data, or flat ones with something about annotations."""
    has, place = content.outline.has, place_of_objects(content)
    is_task = any(has(place, "data", said) for said in (*_ANNOTATIONS, "predictions"))
    return 0.95 if is_task or any(has(place, "id", mark) for mark in _FLAT) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield what annotations say by people, and what predictions say by models.

    An annotation without any shape says that there is nothing, unless the file has no boxes but
    other answers.
    """
    without: list[tuple[str, object]] = []
    kinds: set[str] = set()
    for task in objects(content, place_of_objects(content), report, _is_task):
        data = values.members(task.get("data")) or task
        picture = _picture(data)
        for results, fields in _opinions(task, report):
            for result in results:
                for label in _labels(picture, result, fields, report):
                    kinds.add(label.kind)
                    yield label
            if fields["by"] == "person" and _NO_SHAPES.issuperset(map(_kind, results)):
                without.append((picture, fields.get("rater")))
    for picture, rater in without if "box" in kinds or not kinds else ():
        yield from report.nothing(picture, rater=rater)


def _opinions(task: _Members, report: LabelReport) -> Iterator[_Opinion]:
    if "data" not in task:
        yield _Opinion(_flat(task, report), {"by": "person", "rater": _person(task, "annotator")})
        return
    for annotation in (one for name in _ANNOTATIONS for one in _objects(task.get(name))):
        if annotation.get("was_cancelled"):
            report.skip("cancelled annotations")
            continue
        fields = {"by": "person", "rater": _person(annotation, "completed_by")}
        yield _Opinion(_results(annotation), fields)
    for prediction in _objects(task.get("predictions")):
        about = {"by": "model", "rater": prediction.get("model_version")}
        about |= {"weight": prediction.get("score")}
        yield _Opinion(_results(prediction), about)


def _results(opinion: _Members) -> list[_Members]:
    """The results, without those that others repeat with their classes."""
    results = _objects(opinion.get("result"))
    named = [one.get("id") for one in results if _kind(one) == _NAMES]
    return [one for one in results if _kind(one) == _NAMES or one.get("id") not in named]


def _flat(task: _Members, report: LabelReport) -> list[_Members]:
    """The results of a flat object in the form that others have."""
    results: list[_Members] = []
    for name, value in task.items():
        shapes = [shape for shape in _objects(value) if "x" in shape or "points" in shape]
        if shapes:
            kinds = ("polygon" if "points" in shape else "rectangle" for shape in shapes)
            results += [
                {**shape, "type": kind, "value": shape}
                for kind, shape in zip(kinds, shapes, strict=True)
            ]
        elif kind := _KINDS.get(name):
            said = values.members(value) or {("text" if kind == "textarea" else kind): value}
            results.append({"type": kind, "value": said, "from_name": name})
        elif name not in _ABOUT:
            report.note_unused([name])
    return results


def _labels(
    picture: str, result: _Members, fields: dict[str, Any], report: LabelReport
) -> Iterator[Label]:
    kind, value = _kind(result), values.members(result.get("value"))
    if result.get("score") is not None:
        fields = {**fields, "weight": result["score"]}
    if kind == "choices":
        for choice in _list(value.get("choices")):
            yield from report.tag(picture, choice, group=result.get("from_name"), **fields)
    elif kind == "textarea":
        for text in _list(value.get("text")):
            yield from report.text(picture, text, **fields)
    elif kind == "rating":
        without_weight = {name: fields[name] for name in ("by", "rater")}
        yield from report.score(picture, value.get("rating"), **without_weight)
    elif kind in (*_RECTANGLES, *_POLYGONS, _NAMES) and not value.keys().isdisjoint(
        ("x", "points")
    ):
        yield from _boxes(picture, result, value, fields, report)
    else:
        report.skip(kind or "results without a type")


def _boxes(
    picture: str, result: _Members, value: _Members, fields: dict[str, Any], report: LabelReport
) -> Iterator[Label]:
    """A box for each class that a shape has."""
    if result.get("image_rotation") not in (None, 0):
        report.read += 1
        report.drop("of a box on a picture that was turned in Label Studio")
        return
    sides = (values.decimal(result.get(f"original_{side}")) for side in ("width", "height"))
    size = size_of(*sides)
    degrees = values.decimal(value.get("rotation")) or 0
    edges = _edges(value, size or SHARES)
    if degrees % 360 and size is None:
        report.read += 1
        report.drop("of a turned box on a picture whose size is not known")
        return
    names = [name for key in (*_RECTANGLES, *_POLYGONS, _NAMES) for name in _list(value.get(key))]
    for name in names or [None]:
        turned: Sequence[float | None] = edges
        match edges:
            case [float(left), float(top), float(right), float(bottom)] if degrees % 360:
                report.repair("with a turned box, around which the box is", ahead=1)
                turned = around_turned((left, top, right, bottom), degrees, (left, top))
        if "points" in value:
            report.repair("with the corners of a shape, around which the box is", ahead=1)
        yield from report.box(picture, turned, name, drawn_on=size or SHARES, **fields)


def _edges(value: _Members, size: tuple[float, float]) -> Sequence[float | None]:
    """Left, top, right and bottom, on a picture of ``size``."""
    if "points" in value:
        points = [values.numbers(point) for point in _list(value["points"])]
        corners = [(point[0], point[1]) for point in points if len(point) == 2]
        known = [(x, y) for x, y in corners if x is not None and y is not None]
        edges: Sequence[float | None] = around(known) if known else ()
    else:
        edges = edges_of([values.decimal(value.get(key)) for key in ("x", "y", "width", "height")])
    scales = (size[0] / 100, size[1] / 100) * 2
    return [edge and edge * scale for edge, scale in zip(edges, scales, strict=False)]


def _kind(result: _Members) -> str:
    return values.text(result.get("type")) or ""


def _picture(data: _Members) -> str:
    """What the file is called: its path in local storage, or its name where it was uploaded."""
    given = [data.get(name) for name in PICTURES] + list(data.values())
    names = [name for name in given if isinstance(name, str) and name]
    for name in names:
        try:
            address = urlsplit(name)
        except ValueError:
            continue
        if "d" in (local := parse_qs(address.query)):
            return local["d"][0]
        if is_picture_name(address.path):
            uploaded = address.path.startswith(_UPLOADS)
            return address.path.rpartition("/")[2] if uploaded else name
    return names[0] if names else ""


def _person(about: _Members, key: str) -> object:
    """Who annotated: a number, or an object with an address."""
    person = about.get(key)
    known = values.members(person)
    return known.get("email") or known.get("id") if known else person


def _objects(value: object) -> list[_Members]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_task(item: Any) -> bool:
    return isinstance(item, dict) and ("data" in item or any(mark in item for mark in _FLAT))


READER = Reader(
    "Label Studio JSON",
    "tasks with data, and annotations or predictions; or JSON-MIN with annotation_id",
    confidence,
    read,
)
