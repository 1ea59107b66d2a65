"""An album with boxes of a model and of a person, and the page on which they are corrected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files
from pipeline.faces.detection.review import ToReview
from pipeline.faces.detection.suggestions import Candidate, Suggestion, beside, write_suggestions
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.media.picture_folder import PictureFolder
from pipeline.runtime.json_lines import write_lines
from pipeline.sources.pointers import StillsSource
from stages.faces import page
from stages.pictures import frames

SIZE = (480, 320)
FIRST, SECOND = (40.0, 30.0, 140.0, 150.0), (300.5, 60.25, 380.5, 160.25)
"""Boxes of a model on the picture to correct first, with probabilities of 0.9 and 0.55."""
DOUBTFUL = (200.0, 220.0, 260.0, 280.0)
"""One of 0.2, which is not shown at first."""
HOSTILE = '<img src=x onerror="alert(1)">.png'
TURNED = "猫.jpg"
"""Its file says that it is to be turned upright."""
NAMES = ("0.png", HOSTILE, "corrected.png", "nothing.png", TURNED)
PERSONS = (10.0, 20.0, 110.0, 140.0)
"""The box that a person drew on corrected.png."""
EYE = Label(picture="0.png", kind="box", value="eye", box=(50, 60, 60, 66))
"""Of another class than faces."""
EARLIER = Label(picture="corrected.png", kind="score", weight=4, box=PERSONS)


def write_album(folder: Path) -> Path:
    """Write pictures and a working folder with the page; returns the working folder."""
    album, made = folder / "album", folder / "made"
    for part in (album, made):
        part.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        pixels = np.full((SIZE[1], SIZE[0], 3), (40 + 20 * number, 60, 90), np.uint8)
        for left, top, right, bottom in (FIRST, SECOND):
            pixels[round(top) : round(bottom), round(left) : round(right)] = (250, 200, 160)
        image, exif = Image.fromarray(pixels), Image.Exif()
        if name == TURNED:
            image, exif[ExifTags.Base.Orientation] = image.transpose(Image.Transpose.ROTATE_90), 6
        image.save(album / name, exif=exif)
    stills = PictureFolder.open(album)
    pointer = made / "source.stills.json"
    StillsSource(str(stills.path), stills.fingerprint, list(stills.files)).save(pointer)
    given = Files({"source": [], "stills": [pointer]})
    frames.run(given, Files({"frames": [made / "frames.h5"]}), frames.Config(size=32))
    _write_faces(made)
    write_page(made)
    return made


def _write_faces(made: Path) -> None:
    detector = "cascade.xml sha256 0123456789abcdef"
    labels = [
        Label(picture="corrected.png", kind="box", value="face", box=PERSONS),
        Label(picture="nothing.png", kind="box"),
    ]
    candidates = [Candidate(FIRST, 0.9, {detector: 0.9}, True)]
    candidates += [Candidate(SECOND, 0.55, {detector: 0.55}, True)]
    candidates += [Candidate(DOUBTFUL, 0.2, {detector: 0.2}, False)]
    suggestions = [
        Suggestion(picture=name, detectors=[detector], corrected=2, candidates=found)
        for name, found in (("0.png", candidates), (HOSTILE, candidates[:1]), (TURNED, []))
    ]
    found = [label for one in suggestions for label in one.labels("face")]
    write_labels_file(made / "faces.jsonl", [*found, *labels])
    write_suggestions(beside(made / "faces.jsonl"), suggestions)
    write_labels_file(made / "labels.jsonl", [*labels, EYE, EARLIER])
    listed = [
        ToReview(rank=rank, picture=name, corrections=0.5, faces=1, reason="")
        for rank, name in enumerate(("0.png", HOSTILE), 1)
    ]
    write_lines(made / "faces.review.jsonl", listed)


def write_page(made: Path) -> None:
    """Write ``faces-page`` in a working folder that has all that it needs."""
    files = {"stills": "source.stills.json", "frames": "frames.h5", "faces": "faces.jsonl"}
    files |= {"review": "faces.review.jsonl", "labels": "labels.jsonl"}
    inputs = Files({name: [made / file] for name, file in files.items()})
    page.run(inputs, Files({"page": [made / "faces-page" / "index.html"]}), StageConfig())
