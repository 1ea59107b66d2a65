"""CVAT's XML 1.1, of pictures and of videos.

A track has a box at some frames, and moves evenly between them. Frames of a video are called as
CVAT exports them, such as ``frame_000012``, or by their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.labels.boxes import Box, Size, around, around_turned, box_of, size_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.xml_events import events, root_of

_MARKS = (b"<image ", b"<track ", b"<version>1.1<")
_SHAPES = ("box", "polygon")
_OTHER_SHAPES = ("ellipse", "cuboid", "mask", "points", "polyline", "skeleton")
_MAX_GAP = 10_000
"""Frames between two boxes of a track; a longer gap is a fault."""

_Attributes = Mapping[str, str]


@dataclass
class _Image:
    name: str
    size: Size | None
    shapes: list[tuple[str, _Attributes]]
    """Those with a box."""
    has_others: bool = False


@dataclass
class _Track:
    attributes: _Attributes
    at: tuple[int, Box] | None = None
    """Its last frame and box; None where it is not on the screen."""
    between: int = 0
    """Boxes so far that are at no frame with one of their own."""


def confidence(content: Content) -> float:
    """High if the outermost element is ``annotations`` and there is something of CVAT's in it."""
    is_cvat = root_of(content) == "annotations" and any(mark in content.head for mark in _MARKS)
    return 0.9 if is_cvat else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield every box and tag of pictures, and the boxes of tracks at every frame.

    Pictures without any shape were looked at, too. If CVAT's models drew all boxes of a picture
    they are by a model; if a person drew one of them, that person left the others as they are.
    """
    image, track, video = _Image("", None, []), _Track({}), dict[str, str]()
    between = 0
    for path, attributes, text in events(content, report):
        owner, _, name = path.rpartition("/")
        if attributes is None:
            if owner.endswith("original_size"):
                video[name] = text
            elif path == "image":
                yield from _of_image(image, report)
            elif path == "track":
                between += track.between
        elif path == "image":
            image = _Image(attributes.get("name", ""), _size(attributes), [])
        elif path == "track":
            track = _Track(attributes)
        elif path == "image/tag":
            yield from report.tag(image.name, attributes.get("label"), by=_by(attributes))
        elif owner == "track" and name in _SHAPES:
            yield from _of_track(track, name, attributes, _size(video), report)
        elif owner == "image" and name in _SHAPES:
            image.shapes.append((name, attributes))
        elif owner in ("image", "track") and name in _OTHER_SHAPES:
            image.has_others = True
            report.skip(f"<{name}>")
    if between:
        report.note(f"{between} boxes of tracks lie between those that are in the file")


def _of_image(image: _Image, report: LabelReport) -> Iterator[Label]:
    by_model = all(_by(attributes) == "model" for _, attributes in image.shapes)
    for name, attributes in image.shapes:
        yield from report.box(
            image.name,
            _box(name, attributes, report),
            attributes.get("label"),
            by="model" if by_model else "person",
            drawn_on=image.size,
        )
    if not image.shapes and not image.has_others:
        yield from report.nothing(image.name)


def _of_track(
    track: _Track, name: str, attributes: _Attributes, size: Size | None, report: LabelReport
) -> Iterator[Label]:
    """The boxes after the last frame, up to that of this one, which may be the end of the track."""
    frame = values.from_digits(attributes.get("frame"))
    box = _box(name, attributes, report)
    if frame is None or frame < 0 or not box:
        report.read += 1
        report.drop("without a frame, or the four numbers of a box")
        return
    fields: dict[str, Any] = {
        "name": track.attributes.get("label"),
        "by": _by(track.attributes),
        "drawn_on": size,
    }
    if track.at is not None:
        first, start = track.at
        frames = range(first + 1, frame)
        if len(frames) > _MAX_GAP:
            report.note(f"a track has no box from frame {first} to {frame}: it ends there")
            frames = range(0)
        for number in frames:
            share = (number - first) / (frame - first)
            moved = [a + share * (b - a) for a, b in zip(start, box, strict=True)]
            track.between += 1
            yield from report.box(**_named(number), edges=moved, **fields)
    is_outside = attributes.get("outside") == "1"
    track.at = None if is_outside else (frame, box)
    if not is_outside:
        yield from report.box(**_named(frame), edges=box, **fields)


def _named(frame: int) -> dict[str, Any]:
    return {"picture": f"frame_{frame:06d}", "other_names": (str(frame),)}


def _box(name: str, attributes: _Attributes, report: LabelReport) -> Box | tuple[()]:
    """The box of a shape; empty if it has no sound numbers."""
    if name == "polygon":
        corners = _corners(attributes.get("points", ""))
        if corners:
            report.repair("with the corners of a shape, around which the box is", ahead=1)
        return (box_of(around(corners)) or ()) if corners else ()
    edges = [values.decimal(attributes.get(edge)) for edge in ("xtl", "ytl", "xbr", "ybr")]
    box = box_of(edges)
    degrees = values.decimal(attributes.get("rotation")) or 0
    if box is None or degrees % 360 == 0:
        return box or ()
    report.repair("with a turned box, around which the box is", ahead=1)
    left, top, right, bottom = box
    return around_turned(box, degrees, ((left + right) / 2, (top + bottom) / 2))


def _corners(points: str) -> list[tuple[float, float]]:
    """The corners in ``1,2;3.5,4``; none if one is no pair of numbers."""
    corners = []
    for point in points.split(";"):
        x, _, y = point.partition(",")
        across, down = values.real_number(x), values.real_number(y)
        if across is None or down is None:
            return []
        corners.append((across, down))
    return corners


def _size(attributes: _Attributes) -> Size | None:
    width, height = (values.decimal(attributes.get(side)) for side in ("width", "height"))
    return size_of(width, height)


def _by(attributes: _Attributes) -> str:
    return "model" if attributes.get("source") == "auto" else "person"


READER = Reader("CVAT XML", "an element “annotations” with “image” or “track”", confidence, read)
