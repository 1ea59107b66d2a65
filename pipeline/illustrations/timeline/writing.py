"""Runs of tags as a table, as tracks for players, and as chapters."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence

from pysubs2 import Alignment, SSAEvent, SSAFile, SSAStyle

from pipeline.illustrations.timeline.chapters import chapters
from pipeline.illustrations.timeline.cues import Cue, tag_cues
from pipeline.illustrations.timeline.settings import TimelineFormat
from pipeline.illustrations.timeline.tag_runs import TagRun
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS, timestamp

_TOP_LEFT = " line:0 position:0% align:start"
_FULL_WIDTH = str.maketrans("{}\\", "｛｝＼")  # braces and backslashes would begin ASS's own tags
_SPECIAL = re.compile(r"([=;#\\])")  # characters of ffmpeg's metadata


def timeline_text(form: TimelineFormat, runs: Sequence[TagRun], scene_edges_ms: Int64s) -> str:
    """The ``runs`` of a video whose scenes lie between these times (scenes + 1,), in a format."""
    match form:
        case "csv":
            return _csv(runs)
        case "vtt":
            return _vtt(tag_cues(runs), _TOP_LEFT)
        case "ass":
            return _ass(tag_cues(runs))
        case "chapters.vtt":
            return _vtt(chapters(runs, scene_edges_ms))
        case "chapters.ffmetadata":
            return _ffmetadata(chapters(runs, scene_edges_ms))


def _csv(runs: Iterable[TagRun]) -> str:
    """With the mark by which spreadsheets recognise UTF-8, and lines that end as in RFC 4180."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["tag", "group", "start", "end", "seconds", "peak", "mean"])
    for run in runs:
        seconds = (run.end_ms - run.start_ms) / MILLISECONDS
        times = timestamp(run.start_ms), timestamp(run.end_ms)
        rows.writerow([run.tag, run.group, *times, seconds, run.peak, run.mean])
    return "\ufeff" + file.getvalue()


def _vtt(cues: Iterable[Cue], settings: str = "") -> str:
    blocks = [
        f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}{settings}\n"
        f"{html.escape(_line(cue.text), quote=False)}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _ass(cues: Iterable[Cue]) -> str:
    subtitles = SSAFile()
    subtitles.styles = {"Tags": SSAStyle(alignment=Alignment.TOP_LEFT)}
    subtitles.events = [
        SSAEvent(cue.start_ms, cue.end_ms, _line(cue.text).translate(_FULL_WIDTH), style="Tags")
        for cue in cues
    ]
    return subtitles.to_string("ass", header_notice="Tags over time, by Yajiuma")


def _ffmetadata(chapters: Iterable[Cue]) -> str:
    blocks = []
    for chapter in chapters:
        title = _SPECIAL.sub(r"\\\1", _line(chapter.text))
        times = f"START={chapter.start_ms}\nEND={chapter.end_ms}"
        blocks.append(f"[CHAPTER]\nTIMEBASE=1/{MILLISECONDS}\n{times}\ntitle={title}\n")
    return "\n".join([";FFMETADATA1\n", *blocks])


def _line(text: str) -> str:
    """The text on one line: an empty one would end a cue."""
    return " ".join(text.split())
