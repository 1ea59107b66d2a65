"""Are faces found? On the show, whose truth is known, and among emoji in a style never seen.

A season's pool of stills has faces of many sizes. A cascade looks at it first; then 20, 60 and 120
pictures are corrected, as their truth says, those first that ``faces-review`` names, and a detector
learns from each lot. It is measured on stills of scenes that nobody has learned from, and on an
episode's video.

Faces of which less than a quarter is seen are neither demanded nor wrong.
"""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from PIL import Image, ImageDraw

from benchmarks._command_line import run_verb, write_unless_same
from benchmarks._emoji import EMOJI, read_things
from pipeline.evaluation.box_precision import Matches, match
from pipeline.faces.detection.overlaps import overlaps
from pipeline.faces.detection.review import Round, rounds
from pipeline.faces.detection.suggestions import Suggestion, read_suggestions
from pipeline.labels.boxes import Box
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.paths import PROJECT
from pipeline.show.album import make_album
from pipeline.show.album_truth import AlbumTruth
from pipeline.show.episode import make_episode
from pipeline.show.places import background
from pipeline.show.script import PLACES
from pipeline.show.spec import AlbumSpec, EpisodeSpec
from pipeline.show.truth import Truth, truth_path

CASCADE = PROJECT.parent / "shared" / "weights" / "lbpcascade_animeface.xml"
_SEASONS = (2017, 2018, 2019)
_OTHER_SCENES = 1000  # added to a season's seed
_POOL, _UNSEEN = 160, 120
_ROUNDS = (20, 60, 120)
_LAST = f"round{len(_ROUNDS) - 1}"
_SEEN = 0.25
_RESAMPLES = 300
_SIZES = {"small": (0, 24), "medium": (24, 64), "large": (64, 1000)}
"""Heights of faces in pixels, of pictures of 320 × 180."""
_TRAINING_STYLES = ("emojione", "fluent-emoji", "fluent-emoji-flat", "noto", "noto-v1")
_UNSEEN_STYLE = "twemoji"
_LIKE_FACES = ("smileys-emotion", "animals-nature", "people-body", "symbols")
"""Groups of which only what is called a face is shown: others may well be taken for one."""
_COMPOSED = (120, 100)
"""Pictures with emoji that are learned from, and that are measured by."""


class Face(NamedTuple):
    """A face that is there."""

    box: Box
    counts: bool = True


class Picture(NamedTuple):
    """What is there, and what was found."""

    scene: str
    faces: list[Face]
    boxes: np.ndarray
    """(n, 4)"""
    scores: np.ndarray
    """(n,)"""


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print how well faces are found; return the figures that stand for all."""
    by_name: dict[str, list[Picture]] = {}
    edits: dict[int, list[float]] = {}
    for seed in _SEASONS:
        _season(folder / "detection" / str(seed), seed, settings, by_name, edits)
    figures: dict[str, float] = {}
    for name, pictures in by_name.items():
        figures |= {f"{key}_{name}": value for key, value in _figures(pictures).items()}
    for corrected, some in sorted(edits.items()):
        figures[f"edits_after_{corrected}"] = float(np.mean(some))
    figures |= _episode(folder / "detection" / str(_SEASONS[0]), _SEASONS[0], settings)
    figures |= _speed(folder / "detection" / str(_SEASONS[0]))
    figures["false_per_100"] = figures[f"false_per_100_{_LAST}"]
    figures |= _emoji(folder / "detection" / "emoji", settings)
    for name, figure in figures.items():
        print(f"{name:28} {figure:.3f}")
    return figures


def _season(
    folder: Path,
    seed: int,
    settings: str,
    by_name: dict[str, list[Picture]],
    edits: dict[int, list[float]],
) -> None:
    """Add what the cascade and each round find on unseen scenes, and the edits there were."""
    album = partial(AlbumSpec, shots=True)
    pool = make_album(folder, album(stills=_POOL, seed=seed))
    unseen = make_album(folder, album(stills=_UNSEEN, seed=seed + _OTHER_SCENES))
    truth = AlbumTruth.load(truth_path(folder, pool.name))
    names = [still.image for still in truth.stills]
    spread = np.linspace(0, _POOL - 1, _ROUNDS[0]).round().astype(int)
    corrected = [names[place] for place in spread]
    # Each round has a working folder of its own, so that a second call finds it as it was.
    work = folder / "cascade"
    own = f"faces.detect.detectors=[{CASCADE}] {settings}"
    run_verb("faces-review", work, pictures=pool, settings=own)
    run_verb("faces-detect", work, pictures=unseen, settings=own)
    by_name.setdefault("cascade", []).extend(_pictures(folder, work, unseen.name))
    for number, count in enumerate(_ROUNDS):
        corrected += _to_correct(work / pool.name)[: count - len(corrected)]
        boxes = {name: _truth_of(truth, name) for name in corrected}
        done = _edits(work / pool.name, boxes)
        edits.setdefault(done.corrected, []).append(done.edits)
        work = folder / f"round{number}"
        _write_boxes(folder / f"boxes-{count}.csv", boxes)
        labels = folder / f"boxes-{count}.csv"
        run_verb("faces-review", work, pictures=pool, labels=labels, settings=settings)
        run_verb("faces-detect", work, pictures=unseen, settings=settings)
        by_name.setdefault(f"round{number}", []).extend(_pictures(folder, work, unseen.name))


def _to_correct(made: Path) -> list[str]:
    """Pictures that nobody has looked at, as ``faces-review`` has them."""
    lines = (made / "faces.review.csv").read_text("utf-8").splitlines()
    return [row["picture"] for row in csv.DictReader(lines)]


def _edits(made: Path, corrected: Mapping[str, Sequence[Face]]) -> Round:
    """What was changed in the boxes that the last detectors suggested."""
    people = {
        name: [
            Label(picture=name, kind="box", value="face", box=face.box)
            for face in faces
            if face.counts
        ]
        for name, faces in corrected.items()
    }
    suggestions = read_suggestions(made / "faces.candidates.jsonl")
    return rounds(suggestions, people)[-1]


def _truth_of(truth: AlbumTruth, name: str) -> list[Face]:
    faces = [person.face for person in truth.still(name).people if person.face is not None]
    return [Face(face.box, face.visible >= _SEEN) for face in faces]


def _pictures(folder: Path, work: Path, album: str) -> list[Picture]:
    truth = AlbumTruth.load(truth_path(folder, album))
    found = read_suggestions(work / album / "faces.candidates.jsonl")
    return [
        _compared(f"{album}/{still.scene}", _truth_of(truth, still.image), found[still.image])
        for still in truth.stills
    ]


def _compared(scene: str, faces: list[Face], found: Suggestion) -> Picture:
    boxes = np.array([one.box for one in found.candidates], np.float32).reshape(-1, 4)
    return Picture(scene, faces, boxes, np.array([one.probability for one in found.candidates]))


def _write_boxes(path: Path, pictures: dict[str, list[Face]]) -> None:
    rows = ["image,x1,y1,x2,y2,class"]
    for name, faces in pictures.items():
        counted = [face for face in faces if face.counts]
        rows += [f"{name},{','.join(f'{x:g}' for x in face.box)},face" for face in counted]
        rows += [f"{name},,,,,"] * (not counted)
    write_unless_same(path, "\n".join(rows) + "\n")


def _figures(pictures: Sequence[Picture]) -> dict[str, float]:
    """Average precision by pycocotools with an interval by scene; recall by size; false boxes."""
    by_coco = _coco(pictures)
    low, high = _interval(pictures)
    empty = [one for one in pictures if not one.faces]
    false = sum(int((one.scores >= 0.5).sum()) for one in empty)
    figures = {
        "ap50": by_coco[0],
        "ap50_low": low,
        "ap50_high": high,
        "ap50_95": by_coco[1],
        "false_per_100": 100 * false / max(1, len(empty)),
        "recall": Matches.of_all([_matches(one) for one in pictures]).recall(0.5),
    }
    for name, (least, most) in _SIZES.items():
        sized = [
            one._replace(
                faces=[
                    face._replace(counts=face.counts and least <= _height(face) < most)
                    for face in one.faces
                ]
            )
            for one in pictures
        ]
        figures[f"recall_{name}"] = Matches.of_all([_matches(one) for one in sized]).recall(0.5)
    return figures


def _height(face: Face) -> float:
    return face.box[3] - face.box[1]


def _coco(pictures: Sequence[Picture]) -> tuple[float, float]:
    """AP50 and AP50:95."""
    from pycocotools.coco import COCO  # type: ignore[import-untyped]
    from pycocotools.cocoeval import COCOeval  # type: ignore[import-untyped]

    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image, one in enumerate(pictures, 1):
        for face in one.faces:
            box = _sized(face.box)
            about = {"id": len(annotations) + 1, "image_id": image, "category_id": 1}
            annotations.append(
                {**about, "bbox": box, "area": box[2] * box[3], "iscrowd": int(not face.counts)}
            )
        for box, score in zip(one.boxes.tolist(), one.scores.tolist(), strict=True):
            results.append(
                {"image_id": image, "category_id": 1, "bbox": _sized(box), "score": score}
            )
    if not results:
        return 0.0, 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        images = [{"id": number} for number in range(1, len(pictures) + 1)]
        truth.dataset = {"images": images, "annotations": annotations, "categories": [{"id": 1}]}
        truth.createIndex()
        measured = COCOeval(truth, truth.loadRes(results), "bbox")
        measured.evaluate()
        measured.accumulate()
        measured.summarize()
    return float(measured.stats[1]), float(measured.stats[0])


def _four(box: np.ndarray) -> Box:
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom


def _sized(box: Sequence[float]) -> list[float]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def _matches(one: Picture, least: float = 0.5) -> Matches:
    """What was found, without boxes of faces that do not count."""
    there = _array(face.box for face in one.faces if face.counts)
    ignored = _array(face.box for face in one.faces if not face.counts)
    found = match(overlaps(one.boxes, there), one.scores.astype(np.float32), least)
    excused = (overlaps(one.boxes, ignored) >= least).any(1) & ~found.right
    return Matches(found.scores[~excused], found.right[~excused], found.there)


def _array(boxes: Iterable[Box]) -> np.ndarray:
    return np.array(list(boxes), np.float32).reshape(-1, 4)


def _interval(pictures: Sequence[Picture]) -> tuple[float, float]:
    """95 % of AP50, scenes resampled."""
    scenes: dict[str, list[Matches]] = {}
    for one in pictures:
        scenes.setdefault(one.scene, []).append(_matches(one))
    groups = [Matches.of_all(some) for some in scenes.values()]
    draws = np.random.default_rng(0).integers(len(groups), size=(_RESAMPLES, len(groups)))
    values = [Matches.of_all([groups[n] for n in drawn]).average_precision() for drawn in draws]
    low, high = np.nanquantile(values, (0.025, 0.975))
    return float(low), float(high)


def _episode(folder: Path, seed: int, settings: str) -> dict[str, float]:
    """AP50 on the distinct pictures of an episode's video, after the last round."""
    video = make_episode(folder, EpisodeSpec(seed=seed + _OTHER_SCENES, seconds=20, comment_rate=0))
    truth = Truth.load(truth_path(folder, video.stem))
    work = folder / _LAST
    run_verb("faces-detect", work, video=video, settings=settings)
    found = read_suggestions(work / video.stem / "faces.candidates.jsonl")
    times = Frames.load(work / video.stem / "frames.h5").times
    pictures = []
    for name, suggestion in found.items():
        shown = round(int(times.pts[int(name)]) * times.time_base * 24)
        faces = truth.faces(min(shown, truth.frame_count - 1)).values()
        scene = sum(scene.end_frame <= shown for scene in truth.scenes)
        boxed = [Face(face.box, face.visible >= _SEEN) for face in faces]
        pictures.append(_compared(str(scene), boxed, suggestion))
    return {"episode_ap50": _coco(pictures)[0], "episode_pictures": float(len(pictures))}


def _speed(folder: Path) -> dict[str, float]:
    """Pictures a second of the last detector, without decoding."""
    from pipeline.faces.detection.own_detector import OwnDetector

    detector = OwnDetector(folder / _LAST / "models/faces/default/detector.safetensors", 1)
    files = sorted((folder / AlbumSpec(seed=_SEASONS[0], shots=True).stem).glob("*.png"))[:60]
    pictures = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    detector(pictures[0])
    started = time.perf_counter()
    for picture in pictures:
        detector(picture)
    return {"pictures_per_s": len(pictures) / (time.perf_counter() - started)}


def _emoji(folder: Path, settings: str) -> dict[str, float]:
    """AP50 of faces among things, both unseen, in a style that nobody has learned from."""
    learned = _compose(folder / "learned", _TRAINING_STYLES, _COMPOSED[0], kept_back=False)
    unseen = _compose(folder / "unseen", (_UNSEEN_STYLE,), _COMPOSED[1], kept_back=True)
    labels = folder / "boxes.csv"
    _write_boxes(labels, learned)
    work = folder / "work"
    run_verb("faces-train", work, pictures=folder / "learned", labels=labels, settings=settings)
    run_verb("faces-detect", work, pictures=folder / "unseen", settings=settings)
    found = read_suggestions(work / "unseen" / "faces.candidates.jsonl")
    pictures = [_compared(name, there, found[name]) for name, there in unseen.items()]
    figures = _figures(pictures)
    wanted = ("ap50", "ap50_low", "ap50_high", "ap50_95", "recall")
    return {f"emoji_{name}": figures[name] for name in wanted}


def _things(*, kept_back: bool) -> tuple[list[str], list[str]]:
    """Faces, and what is far from one; three of ten are kept back."""
    things = [
        thing for thing in read_things() if (crc32(thing.name.encode()) % 10 > 6) == kept_back
    ]
    return (
        [thing.name for thing in things if "face" in thing.name.split("-")],
        [thing.name for thing in things if thing.group not in _LIKE_FACES],
    )


def _compose(
    folder: Path, styles: Sequence[str], count: int, *, kept_back: bool
) -> dict[str, list[Face]]:
    """Pictures of the show's places with emoji pasted on them; the faces on each by its name."""
    faces, others = _things(kept_back=kept_back)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([2017, count])
    made: dict[str, list[Face]] = {}
    for number in range(count):
        picture = background(str(rng.choice(PLACES)), (320, 180), rng)
        there: list[Face] = []
        taken = np.zeros((0, 4), np.float32)
        for _ in range(rng.integers(1, 6)):
            is_face = rng.random() < 0.4
            name, style = str(rng.choice(faces if is_face else others)), str(rng.choice(styles))
            side = round(float(np.exp(rng.uniform(np.log(18), np.log(100)))))
            sheet = _cut_out(EMOJI / style / f"{name}.png").resize((side, side))
            x, y = int(rng.integers(0, 320 - side)), int(rng.integers(0, 180 - side))
            solid = sheet.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
            if solid is None:
                continue
            box = np.array([[x + solid[0], y + solid[1], x + solid[2], y + solid[3]]], np.float32)
            if overlaps(box, taken).max(initial=0) > 0.1:
                continue
            taken = np.vstack([taken, box])
            picture.paste(sheet, (x, y), sheet)
            if is_face:
                there.append(Face(_four(box[0])))
        file = folder / f"{number:03d}.png"
        picture.save(file)
        made[file.name] = there
    return made


def _cut_out(path: Path) -> Image.Image:
    """An emoji without the white around it."""
    picture = Image.open(path).convert("RGB")
    marked = picture.copy()
    for corner in ((0, 0), (127, 0), (0, 127), (127, 127)):
        if marked.getpixel(corner) == (255, 255, 255):
            ImageDraw.floodfill(marked, corner, (255, 0, 255), thresh=12)
    outside = (np.asarray(marked) == (255, 0, 255)).all(2)
    sheet = picture.convert("RGBA")
    sheet.putalpha(Image.fromarray(np.where(outside, 0, 255).astype(np.uint8)))
    return sheet
