"""Runs of tags as players and spreadsheets read them."""

from __future__ import annotations

import csv
import io

import numpy as np
from pysubs2 import SSAFile

from pipeline.illustrations.timeline.chapters import chapters
from pipeline.illustrations.timeline.cues import tag_cues
from pipeline.illustrations.timeline.tag_runs import TagRun
from pipeline.illustrations.timeline.writing import timeline_text

SCENES = np.array([0, 10_000, 20_000, 30_000])


def run(tag: str, start_s: float, end_s: float) -> TagRun:
    start, end = round(start_s * 1000), round(end_s * 1000)
    return TagRun(tag=tag, group="general", start_ms=start, end_ms=end, peak=0.9, mean=0.75)


RUNS = [run("drawing", 0, 30), run("猫", 0, 10), run("a=b; <\\m/>", 4.5, 20), run("夜", 25, 30)]


def test_a_cue_lasts_while_the_same_tags_hold() -> None:
    runs = [run("a", 0, 2), run("b", 1, 2), run("a", 4, 5)]
    assert list(tag_cues(runs)) == [(0, 1000, "a"), (1000, 2000, "a · b"), (4000, 5000, "a")]


def test_chapters_are_called_by_what_their_scenes_do_not_share() -> None:
    titles = [chapter.text for chapter in chapters(RUNS[:2] + RUNS[3:], SCENES)]
    assert titles == ["猫", "drawing", "夜"]


def test_scenes_with_one_title_are_one_chapter() -> None:
    runs = [run("a", 0, 20), run("b", 20, 30)]
    assert list(chapters(runs, SCENES)) == [(0, 20_000, "a"), (20_000, 30_000, "b")]
    assert [chapter.text for chapter in chapters([], SCENES)] == ["Scene 1", "Scene 2", "Scene 3"]


def test_a_table_has_a_row_for_each_run() -> None:
    rows = list(csv.DictReader(io.StringIO(timeline_text("csv", RUNS, SCENES).lstrip("\ufeff"))))
    assert [row["tag"] for row in rows] == [run.tag for run in RUNS]
    assert rows[2]["start"] == "00:00:04.500"
    assert (rows[2]["seconds"], rows[2]["mean"]) == ("15.5", "0.75")


def test_tracks_show_tags_as_they_are() -> None:
    for form in ("vtt", "ass"):
        track = SSAFile.from_string(timeline_text(form, RUNS, SCENES), form)
        assert [(event.start, event.end) for event in track] == [
            (start, end) for start, end, _ in tag_cues(RUNS)
        ]
        assert track[0].plaintext == "drawing · 猫"
    assert "a=b; &lt;\\m/&gt;" in timeline_text("vtt", RUNS, SCENES)


def test_no_tag_is_a_command_of_a_subtitle() -> None:
    written = timeline_text("ass", [run("{\\b1}\\N", 0, 1)], SCENES)
    assert written.rstrip().endswith("｛＼b1｝＼N")


def test_chapters_of_ffmpeg_escape_its_own_characters() -> None:
    written = timeline_text("chapters.ffmetadata", RUNS[2:3], SCENES)
    assert "START=0\nEND=20000\ntitle=a\\=b\\; <\\\\m/>\n" in written
