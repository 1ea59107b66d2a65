"""Faces followed through a video, and its cast, from files to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.faces.crops.crops_file import Crop, write_crops
from pipeline.faces.tracks.cast_file import Member, read_cast
from pipeline.faces.tracks.names import found_again
from pipeline.faces.tracks.showings import face_times
from pipeline.faces.tracks.tracks_file import Track, read_tracks
from pipeline.labels.boxes import Box
from pipeline.labels.crop_names import crop_name
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames, writing_frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.named_faces import named_faces
from stages.faces import cast, tracks
from tests import clips
from tests.faces.toys import CHANNELS, POSITIONS, SIDE, write_seen

RATE = 8  # pictures a second, each held for two frames
FILES = {
    "faces": "faces.jsonl",
    "frames": "frames.h5",
    "crops": "faces/crops.jsonl",
    "crop_frames": "crops/frames.h5",
    "crop_features": "crops/features.h5",
}

Scene = Sequence[Mapping[str, Box]]
"""Of each picture, whose face is where."""


def face(x: float, y: float = 20, side: float = 40) -> Box:
    return x, y, x + side, y + side


def write_item(folder: Path, *scenes: Scene, small: str = "") -> Path:
    """Write all that tracks need; those called ``small`` are too small for crops."""
    pictures = [picture for scene in scenes for picture in scene]
    starts = np.cumsum([len(scene) for scene in scenes])[:-1]
    folder.mkdir(exist_ok=True)
    size = {"fingerprint": "video", "width": 320, "height": 180}
    with writing_frames(folder / "frames.h5", SIDE, **size) as writer:
        for number in range(len(pictures)):
            drawn = np.full((SIDE, SIDE, 3), number, np.uint8)
            unit = Fraction(1, 2 * RATE)
            writer.add(2 * number, unit, drawn, begins_scene=number in starts)
            writer.add(2 * number + 1, unit, None)
    labels, crops, owners = [], [], []
    for number, picture in enumerate(pictures):
        frame = 2 * number
        nothing = Label(picture=str(frame), kind="box")
        labels += [
            Label(picture=str(frame), kind="box", value="face", box=box) for box in picture.values()
        ] or [nothing]
        for who, box in picture.items():
            if who not in small:
                file = f"{frame:06}-{who}.png"
                window = (0, 0, SIDE, SIDE)
                crops.append(
                    Crop(file=file, picture=str(frame), frame=frame, box=box, window=window)
                )
                owners.append(who)
    write_labels_file(folder / "faces.jsonl", labels)
    (folder / "faces").mkdir(exist_ok=True)
    write_crops(folder / "faces" / "crops.jsonl", crops)
    for crop in crops:
        Image.new("RGB", (SIDE, SIDE)).save(folder / "faces" / crop.file)
    draws = np.random.default_rng(0)
    looks = 0.2 * draws.normal(size=(len(crops), POSITIONS, CHANNELS))
    for row, owner in enumerate(owners):
        looks[row, :, ord(owner) % CHANNELS] += 3  # each face has a direction of its own
    write_seen(folder / "crops", [crop.file for crop in crops], looks, draws)
    return folder


def follow(item: Path, gap: float = 1.0) -> list[Track]:
    inputs = Files({name: [item / file] for name, file in FILES.items()})
    outputs = Files({"tracks": [item / "tracks.jsonl"]})
    tracks.run(inputs, outputs, tracks.Config(gap=gap))
    return read_tracks(item / "tracks.jsonl")


def list_cast(item: Path, **settings: object) -> list[Member]:
    follow(item)
    inputs = Files(
        {name: [item / file] for name, file in {**FILES, "tracks": "tracks.jsonl"}.items()}
    )
    folder = item / "cast"
    outputs = Files({"cast": [folder / "cast.jsonl"], "table": [folder / "cast.csv"]})
    cast.run(inputs, outputs, cast.Config(**settings))  # type: ignore[arg-type]
    return read_cast(folder / "cast.jsonl")


def owners(track: Track) -> set[str]:
    return {one.crop[-5] for one in track.faces}


def test_faces_keep_their_tracks_where_they_pass_each_other(tmp_path: Path) -> None:
    scene = [{"a": face(20 + 10 * n), "b": face(185 - 10 * n)} for n in range(16)]
    found = follow(write_item(tmp_path / "item", scene))

    assert [owners(one) for one in found] == [{"a"}, {"b"}]
    assert [(one.start_ms, one.end_ms, one.seconds) for one in found] == [(0, 2000, 2.0)] * 2
    assert [(one.frame, one.end_frame) for one in found[0].faces][:2] == [(0, 2), (2, 4)]


def test_a_cut_ends_tracks_and_a_short_gap_does_not(tmp_path: Path) -> None:
    here, nobody = {"a": face(50)}, dict[str, Box]()
    first = [here, nobody, here]
    found = follow(write_item(tmp_path / "item", first, [here, *[nobody] * RATE * 2, here]))

    assert [(one.scene, len(one.faces)) for one in found] == [(1, 2), (2, 1), (2, 1)]
    assert found[0].seconds == 0.25
    assert follow(tmp_path / "item", gap=5)[1].faces[-1].frame == 2 * (4 + 2 * RATE)


def test_faces_too_small_for_crops_are_followed_by_where_they_are(tmp_path: Path) -> None:
    scene = [{"a": face(50), "s": face(200 + 2 * n, side=10)} for n in range(4)]
    item = write_item(tmp_path / "item", scene, small="s")

    assert [[one.crop == "" for one in track.faces] for track in follow(item)] == [
        [False] * 4,
        [True] * 4,
    ]
    assert [one.tracks for one in list_cast(item)] == [[1]]


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four scenes with three faces, of which two are always together."""
    one = [{"a": face(20), "b": face(200)} for _ in range(3)]
    two = [{"c": face(20)} for _ in range(5)]
    other = [{"b": face(40), "a": face(220)} for _ in range(3)]
    return write_item(tmp_path_factory.mktemp("cast") / "item", one, two, other, two)


def test_the_cast_is_joined_through_cuts_with_its_time_on_screen(item: Path) -> None:
    found = list_cast(item)

    assert [(one.number, one.seconds, one.scenes) for one in found] == [
        (1, 1.25, 2),
        (2, 0.75, 2),
        (3, 0.75, 2),
    ]
    assert [{crop[-5] for crop in one.crops} for one in found] == [{"c"}, {"a"}, {"b"}]
    assert found[0].share == pytest.approx(1.25 / 2, abs=1e-4)
    with Image.open(item / "cast" / "cast-001.png") as sheet:
        assert sheet.height > 3 * 96


def test_names_are_given_once_and_stay_with_their_faces(item: Path, tmp_path: Path) -> None:
    list_cast(item, k=6)  # each track by itself
    given = (item / "cast" / "cast.csv").read_text("utf-8-sig").replace('"', "").splitlines()
    names = {"a": "タマ", "b": "クロ", "c": ""}
    rows = [line.split(",") for line in given[1:]]
    edited = [[row[0], names[row[-1][-5]], *row[2:]] for row in rows]
    table = tmp_path / "names.csv"
    table.write_text("\n".join([given[0], *map(",".join, edited)]), "utf-8")

    found = list_cast(item, k=6, names=str(table))
    assert {(one.name, one.seconds) for one in found} == {
        ("", 0.625),
        ("タマ", 0.75),
        ("クロ", 0.75),
    }
    assert [one.name for one in list_cast(item, names=str(table))] == ["", "タマ", "クロ"]


def test_names_are_found_again_where_faces_were_boxed_anew() -> None:
    window = (0, 0, 99, 99)

    def crop(number: int, box: Box, picture: str = "12") -> Crop:
        file = crop_name(picture, number, box)
        return Crop(file=file, picture=picture, frame=12, box=box, window=window)

    before = [crop(1, (10, 10, 30, 30)), crop(2, (60, 10, 90, 40)), crop(1, (0, 0, 9, 9), "14")]
    now = [crop(1, (61, 11, 92, 42)), crop(2, (9, 12, 31, 30)), crop(1, (50, 0, 59, 9), "14")]
    names = dict(zip((one.file for one in before), ("タマ", "クロ", "ミオ"), strict=True))
    assert found_again(names, before) == names
    assert found_again(names, now) == {now[0].file: "クロ", now[1].file: "タマ"}


def test_attention_is_compared_with_the_faces_of_those_who_have_names(
    item: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    list_cast(item)
    frames = Frames.load(item / FILES["frames"])
    video = VideoFile.open(clip(tmp_path))
    cast_file, tracks_file = item / "cast" / "cast.jsonl", item / "tracks.jsonl"
    assert named_faces(video, frames, cast_file, tracks_file).boxes(0) == {}
    assert "nobody of the cast has a name" in caplog.text

    rows = (item / "cast" / "cast.csv").read_text("utf-8-sig").replace('\n"2","",', '\n"2","タマ",')
    (tmp_path / "names.csv").write_text(rows, "utf-8")
    list_cast(item, names=str(tmp_path / "names.csv"))
    found = named_faces(video, frames, cast_file, tracks_file)
    assert (found.width, found.height, found.cuts.tolist()) == (320, 180, [6, 16, 22])
    assert found.boxes(5) == {"タマ": face(20)}  # beside one who has no name
    assert found.boxes(6) == {}


def clip(folder: Path) -> Path:
    """A video whose pictures are as large as those that faces are said to be in."""
    target = folder / "clip.mp4"
    source = ("-f", "lavfi", "-i", "color=gray:s=320x180:r=8:d=0.5,format=yuv420p")
    clips.ffmpeg(*source, *clips.H264, target)
    return target


def test_a_table_without_names_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "other.csv"
    table.write_text("file,score\na.png,3\n", "utf-8")
    with pytest.raises(PipelineError) as caught:
        cast.check(cast.Config(names=str(table)), {})
    assert caught.value.code == ExitCode.INVALID_SETTING


def test_boxes_last_as_long_as_their_pictures_are_held(item: Path) -> None:
    found = face_times(item / FILES["faces"], item / FILES["frames"])
    assert found[:2] == [(0.0, 0.125, face(20)), (0.0, 0.125, face(200))]
    assert found[-1][:2] == (1.875, 2.0)
