"""A folder of pictures goes through the stages that were made for videos."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.runtime.errors import ExitCode
from tests.engine.project import MODEL, Project

PICTURES, A_PICTURE = 24, 4
WORDS = ["わろた", "かわいい", "きた", "すごい", "888"]


@pytest.fixture
def project(untouched: Project, tmp_path: Path) -> Project:
    """Pictures of two aspects, with comments of which those at n seconds are about picture n."""
    project = replace(untouched, folder=tmp_path)
    album = tmp_path / "album"
    album.mkdir()
    draws = np.random.default_rng(0)
    for number in range(PICTURES):
        size = (48, 64, 3) if number % 2 else (64, 48, 3)
        pixels = draws.integers(0, 256, size, np.uint8)
        Image.fromarray(pixels).save(album / f"{number:02}.png")
    chats = "".join(
        f'<chat thread="1" no="{number + 1}" vpos="{100 * (number // A_PICTURE) + 20}"'
        f' date="1300000000" user_id="u{number % 7}">{WORDS[number // A_PICTURE % 5]}</chat>'
        for number in range(PICTURES * A_PICTURE)
    )
    (tmp_path / "album.xml").write_text(f"<packet>{chats}</packet>")
    project.write_settings(align={"delay": "none"})
    settings = yaml.safe_load(project.config.read_text())
    project.config.write_text(yaml.safe_dump(settings | {"videos": {}}))
    return project


def pictures(project: Project) -> list[str]:
    return ["--pictures", str(project.folder / "album")]


def test_comments_are_learned_from_pictures_and_written_for_them(project: Project) -> None:
    stages = ["evaluate", "explain", "statistics", "attention", "export"]
    options = ["--set", "attention.max_comments=1", "--format", "csv"]
    project.made(*stages, *options, *pictures(project))
    made = project.workdir / "album"
    with h5py.File(made / "aligned.h5") as aligned, h5py.File(made / "frames.h5") as frames:
        rows = frames["row"][:]
        assert sorted(aligned["picture"][:]) == sorted(np.repeat(rows, A_PICTURE))
    with h5py.File(project.workdir / "models" / "danmaku" / MODEL / "corpus.h5") as corpus:
        sizes = {Image.open(BytesIO(bytes(jpeg))).size for jpeg in thumbnails(corpus)}
    assert {width > height for width, height in sizes} == {True, False}
    for name in ("evaluation.json", "explained.h5", "statistics.json", "attention.png"):
        assert (made / name).exists()
    with (made / "comments.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) == PICTURES * A_PICTURE + 1


def thumbnails(corpus: h5py.File) -> list[bytes]:
    found: list[bytes] = []

    def visit(name: str, item: object) -> None:
        if "thumbnail" in name and isinstance(item, h5py.Dataset):
            found.extend(item[:])

    corpus.visititems(visit)
    return found


@pytest.mark.parametrize(
    "verbs", [["render"], ["overlay", "stills"], ["report"], ["all"], ["plan"]]
)
def test_what_needs_a_video_says_so(project: Project, verbs: list[str]) -> None:
    done = project.run(*verbs, *pictures(project))
    assert done.returncode == ExitCode.USAGE
    assert "album is a folder of pictures, and " in done.stderr
    assert "a video. Name one with VIDEO=" in done.stderr


def test_among_several_verbs_those_that_need_a_video_leave_pictures_out(project: Project) -> None:
    project.made("render", "export", *pictures(project))
    assert (project.workdir / "album" / "comments.ass").exists()
    assert not (project.workdir / "album" / "annotated.mp4").exists()


def test_plan_estimates_pictures_and_clean_removes_what_was_made(project: Project) -> None:
    assert project.plan("features", *pictures(project)) == {
        ("frames", "album"),
        ("features", "album"),
    }
    project.made("features", *pictures(project))
    assert project.plan("features", *pictures(project)) == set()
    assert (project.workdir / "album" / "features.h5").exists()
    project.made("clean", *pictures(project))
    assert not (project.workdir / "album").exists()
    assert (project.folder / "album" / "00.png").exists()


def test_pictures_are_added_to_a_folder_under_settings(project: Project) -> None:
    settings = yaml.safe_load(project.config.read_text())
    (project.folder / "said.csv").write_text("image,caption\n00.png,one\n")
    entry = {"pictures": "album", "labels": "said.csv"}
    project.config.write_text(yaml.safe_dump(settings | {"videos": {"annotate": [entry]}}))
    said = project.made("labels")
    assert "1 label kept, of 1 of 24 pictures" in said
    shutil.copy(project.folder / "album" / "00.png", project.folder / "album" / "99.png")
    said = project.made("frames")
    assert "25 pictures, 24 of them distinct" in said


def test_several_are_called_albums(project: Project) -> None:
    albums = [project.folder / name for name in ("one", "two")]
    for album in albums:
        album.mkdir()
        shutil.copy(project.folder / "album" / "00.png", album)
    assert "2 albums: 2 made" in project.made("frames", "--pictures", ":".join(map(str, albums)))


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (["--labels", "{0}/said.csv"], ExitCode.USAGE, "LABELS needs PICTURES to go with"),
        (["--pictures", "{0}/none"], ExitCode.VIDEO_MISSING, "there is no folder at {0}/none"),
        (["--pictures", "{0}/album/00.png"], ExitCode.NOT_A_VIDEO, "PICTURES={0}/album"),
        (["--pictures", "{0}/show"], ExitCode.NO_FRAMES, "VIDEO={0}/show"),
        (["{0}/album"], ExitCode.VIDEO_MISSING, "Name pictures with PICTURES={0}/album"),
        (
            ["--pictures", "{0}/album:{0}/other", "--labels", "{0}/said.csv"],
            ExitCode.USAGE,
            "belong to one video or folder of pictures, and 2 are named",
        ),
        (
            ["--pictures", "{0}/album", "--broadcast", "2012-04-28T03:00+09:00"],
            ExitCode.USAGE,
            "BROADCAST and STREAM need a VIDEO to go with",
        ),
    ],
    ids=["labels", "none", "one picture", "films", "as a video", "two", "broadcast"],
)
def test_slips_are_told(project: Project, given: list[str], code: ExitCode, told: str) -> None:
    shutil.copytree(project.folder / "album", project.folder / "other")
    (project.folder / "said.csv").write_text("image,caption\n00.png,one\n")
    (project.folder / "show").mkdir()
    (project.folder / "show" / "a.mp4").touch()
    folder = str(project.folder)
    done = project.run("features", *(word.replace("{0}", folder) for word in given))
    assert done.returncode == code, done.stderr
    assert told.replace("{0}", folder) in done.stderr
