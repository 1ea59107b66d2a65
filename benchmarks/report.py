"""The report page: 24 minutes with 10,000 comments, in a headless browser.

``interactive_s`` is from the start of navigation, from disk, until all scripts have run and a key
has its effect. ``frames_per_s`` is how often the page paints while the video plays through where
most comments are on screen, and ``over_bare`` that over the same with both kinds of comments
switched off: the browser's own limit on this machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from benchmarks._measure import report
from pipeline.captioning.training_record import Epoch
from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.drawing.screen import screen_of
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import CommentTrack, Episode
from pipeline.danmaku.sections.model.gallery import write_gallery
from pipeline.danmaku.sections.model.section import model_section
from pipeline.danmaku.sections.summary import DanmakuSummary
from pipeline.danmaku.sections.watch.section import watch_section
from pipeline.danmaku.statistics.split import Split
from pipeline.danmaku.training.training_record import CommentTable, TrainingRecord
from pipeline.lettering.glyphs import Typeface
from pipeline.media.frame_times import FrameTimes
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.report import section
from pipeline.report.page import page_html
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests.clips import ffmpeg
from tests.report.browser import browser

MINUTES = 24
COMMENTS = 10_000
WORDS = ("かわいい", "きたー", "チノ", "ちゃん", "www", "8888", "草", "それな", "この", "シーン")
SIDE = 14
PAINTED = """(seconds) => new Promise((done) => {
  const times = [];
  const painted = (time) => {
    times.push(time);
    if (time - times[0] < seconds * 1000) requestAnimationFrame(painted);
    else done((times.length - 1) / (times.at(-1) - times[0]) * 1000);
  };
  requestAnimationFrame(painted);
})"""


def main() -> None:
    """Measure and report."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "report"
        folder.mkdir()
        video = VideoFile.open(_long(Path(name)))
        episode = _episode(video)
        started = time.perf_counter()
        _write_page(folder, episode)
        written = time.perf_counter() - started
        figures: dict[str, list[float]] = {
            "write_s": [written],
            "page_mb": [(folder / "index.html").stat().st_size / 1e6],
        }
        with browser() as chromium:
            for _ in range(options.rounds):
                page = chromium.new_page(viewport={"width": 1280, "height": 800})
                for name, value in _visit(page, folder, _peak(episode)).items():
                    figures.setdefault(name, []).append(value)
                page.close()
    report("report", figures)


def _visit(page: Page, folder: Path, peak: float) -> dict[str, float]:
    page.goto((folder / "index.html").as_uri(), wait_until="domcontentloaded")
    page.keyboard.press("g")
    page.wait_for_selector('#generated[aria-pressed="false"]')
    interactive = float(page.evaluate("performance.now()")) / 1000
    page.keyboard.press("g")
    shown = _painted(page, peak)
    page.keyboard.press("g")
    page.keyboard.press("v")
    bare = _painted(page, peak)
    return {"interactive_s": interactive, "frames_per_s": shown, "over_bare": shown / bare}


def _painted(page: Page, since: float) -> float:
    """How often a second the page paints from then on while the video plays."""
    page.evaluate(
        "(time) => { const video = document.getElementById('video'); video.muted = true;"
        " video.currentTime = time; return video.play() }",
        since,
    )
    page.wait_for_timeout(1000)
    rate = float(page.evaluate(PAINTED, 4))
    page.evaluate("document.getElementById('video').pause()")
    return rate


def _long(folder: Path) -> Path:
    """A scene of the show, played over and over."""
    seconds = 20
    short = make_episode(folder, EpisodeSpec(seconds=seconds, width=1280, height=720))
    times = 60 * MINUTES // seconds - 1
    ffmpeg("-stream_loop", str(times), "-i", short, "-c", "copy", folder / "long.mp4")
    return folder / "long.mp4"


def _write_page(folder: Path, episode: Episode) -> None:
    """With the two sections whose size depends on the number of comments."""
    summary = DanmakuSummary.from_episode(episode, "m", _training(), None)
    sections = [
        watch_section(folder, episode, lambda amount: None),
        model_section(folder, summary, write_gallery(folder, episode)),
    ]
    page = page_html(section.Page(summary.video, summary.subtitle, sections))
    (folder / "index.html").write_text(page, encoding="utf-8")


def _episode(video: VideoFile) -> Episode:
    """An annotated video with random texts, times and explanations."""
    chance = np.random.default_rng(1)
    pts = np.arange(video.frame_count)
    frames = Frames(FrameTimes(pts, 1 / video.rate, len(pts)), pts, "", pts[:0])
    half = COMMENTS // 2
    generated, viewers = (_track(video, chance, half, layer) for layer in ("generated", "viewer"))
    thumbnail = np.full((90, 160, 3), 99, np.uint8)
    seen_s = np.array([comment.time_ms / 1000 for comment in generated.comments])
    return Episode(
        video, frames, generated, viewers, _explained(chance, seen_s), lambda frame: thumbnail
    )


def _track(video: VideoFile, chance: np.random.Generator, count: int, layer: str) -> CommentTrack:
    """Comments of one kind, every tenth of them within one minute."""
    times = np.sort(chance.uniform(0, 60_000 * MINUTES, count))
    times[::10] = 60_000 * (MINUTES / 2 + chance.random(len(times[::10])))
    comments = [
        ScreenComment(
            int(milliseconds),
            "".join(chance.choice(WORDS, chance.integers(1, 5))),
            ("ue",) if chance.random() < 0.05 else (),
            "generated" if layer == "generated" else "viewer",
            number=number,
        )
        for number, milliseconds in enumerate(np.sort(times))
    ]
    layout = lay_out(comments, Typeface().width, screen_of(video))
    return CommentTrack(comments, layout, measure_quality(layout))


def _explained(chance: np.random.Generator, seen_s: np.ndarray) -> Explained:
    count, maps = len(seen_s), 4
    heat = (2, maps * count, SIDE * SIDE)
    attention, saliency = chance.integers(0, 256, heat, np.uint8)
    return Explained(
        seen_s=seen_s,
        words=[chance.choice(WORDS, maps - 1).tolist() for _ in range(count)],
        first_map=maps * np.arange(count + 1),
        attention=attention,
        saliency=saliency,
        attention_peak=chance.random(maps * count, np.float32),
        saliency_peak=chance.random(maps * count, np.float32),
        nats=chance.random(count, np.float32) * 9,
        mean_nats=chance.random(count, np.float32) * 9,
        word_nats=chance.random(maps * count, np.float32) * 9,
        word_rank=chance.integers(1, 9999, maps * count),
        rank=chance.integers(1, 101, count),
        candidates=np.full(count, 100),
        copies=chance.integers(0, 9, count),
        near=chance.integers(0, 1000, (count, 4)),
        similarity=chance.random((count, 4), np.float32),
        learned_video=["episode"] * 1000,
        learned_s=np.arange(1000.0),
        learned_picture=[b""] * 1000,
        learned_comments=[list(WORDS[:5])] * 1000,
    )


def _training() -> TrainingRecord:
    table = CommentTable(1, 2, 3, 4, 5, Split(*range(6, 13)))
    epochs = [Epoch(3.0, 3.0, 1.0, 9.0, 100, 1000)] * 20
    return TrainingRecord(
        videos=["episode"],
        fingerprints=["0"],
        decoder="lstm",
        attention="additive",
        backbone="vgg19",
        weights="imagenet",
        tap="conv5_3",
        device="cpu",
        processes=1,
        table=table,
        epochs=epochs,
        best_epoch=20,
        dev_nll=3.0,
        dev_nll_shuffled=3.1,
        dev_nll_unigram=4.0,
    )


def _peak(episode: Episode) -> float:
    """The second from which most comments cross the screen."""
    tracks = episode.tracks.values()
    starts = [placed.motion.start for track in tracks for placed in track.layout.placed]
    counts = np.bincount(np.clip(starts, 0, None).astype(np.int64) // 5)
    return 5.0 * int(counts.argmax())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    return parser


if __name__ == "__main__":
    main()
