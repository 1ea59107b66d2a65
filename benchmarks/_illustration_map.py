"""The map of the emoji, and the page of a map of 20,000 pictures in a headless browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from benchmarks._command_line import run_verb
from benchmarks._emoji import EMOJI, read_things
from benchmarks._measure import Rounds
from benchmarks._stages import run_stage
from pipeline.illustrations.map.arrangement import in_a_grid
from pipeline.illustrations.map.facts import Facts
from pipeline.illustrations.map.map_file import Cluster, Distortion, MapPoint, PictureMap
from pipeline.illustrations.map.section import map_sections
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.report import section
from pipeline.report.language import Message
from pipeline.report.page import page_html
from tests.report.browser import browser

_POINTS = 20_000
_KINDS = 64  # of made-up pictures, which repeat
_ROUNDS = 3
_SECONDS = 4  # of panning, and of zooming
_SETTLED = """() => {
  const { painter } = mapControls;
  return painter.small.length && painter.wanted?.length
    && painter.wanted.every((one) => one.canvas && !one.isStale && !one.work);
}"""
_FRAMES = """([seconds, kind]) => new Promise((done) => {
  const { view } = mapControls, { element, width, height } = view, times = [];
  const place = { clientX: element.getBoundingClientRect().left + width / 2,
    clientY: element.getBoundingClientRect().top + height / 2 };
  const act = {
    pan: (n) => view.panBy(8 * Math.cos(n / 40), 8 * Math.sin(n / 40)),
    zoom: (n) => element.dispatchEvent(new WheelEvent("wheel",
      { ...place, deltaY: -60 * Math.cos(n / 40), cancelable: true })),
  }[kind];
  const painted = (time) => {
    times.push(time);
    act(times.length);
    if (time - times[0] < seconds * 1000) requestAnimationFrame(painted);
    else done((times.length - 1) / (times.at(-1) - times[0]) * 1000);
  };
  requestAnimationFrame(painted);
})"""


def measure(folder: Path, settings: str) -> dict[str, float]:
    """Print what a map keeps and how quick it and its page are; return the figures."""
    run_verb("features", folder / "workdir", pictures=EMOJI, settings=settings)
    rounds = _map_figures(folder / "workdir" / EMOJI.name, folder) | _page_figures(folder)
    figures = {name: median(values) for name, values in rounds.items()}
    for name, figure in figures.items():
        print(f"{name:22} {figure:.3f}")
    return figures


def _map_figures(item: Path, folder: Path) -> dict[str, Rounds]:
    """The map of the emoji, of which ``item`` has frames.h5 and features.h5.

    ``map_s`` is what the whole stage takes, from starting Python to the page, the posters and what
    the map distorts. ``map_knn`` is how often the ten nearest on the map tell a picture's group of
    nine, ``map_knn_full`` the same by all values; ``map_tags`` and ``map_tags_full`` are micro-F1
    of the 200 most frequent tags.
    """
    write_labels_file(folder / "labels.jsonl", _labels())
    inputs = {name: item / f"{name}.h5" for name in ("frames", "features")}
    target = folder / "map" / "map.json"
    started = time.perf_counter()
    run_stage(
        "illustrations.map",
        {**inputs, "labels": folder / "labels.jsonl"},
        {"map": target, "page": target.with_name("index.html")},
    )
    seconds = time.perf_counter() - started
    distortion = PictureMap.load(target).distortion
    assert distortion.kept is not None and distortion.moved is not None
    agreements = {one.of: one for one in distortion.agreements}
    return {
        "map_s": [seconds],
        "map_knn": [agreements["domain"].map.mean],
        "map_knn_full": [agreements["domain"].full.mean],
        "map_tags": [agreements["tags"].map.mean],
        "map_tags_full": [agreements["tags"].full.mean],
        "map_kept": [distortion.kept.mean],
        "map_moved": [distortion.moved],
    }


def _labels() -> Iterator[Label]:
    """The tags of each picture, and its group as a domain."""
    for thing in read_things():
        for picture in thing.pictures():
            yield Label(picture=picture, kind="domain", value=thing.group)
            for tag in thing.tags:
                yield Label(picture=picture, kind="tag", value=tag)


def _page_figures(folder: Path) -> dict[str, Rounds]:
    """The page of 20,000 pictures, opened from disk.

    ``map_paint_s`` is until anything is seen, ``map_pictures_s`` until every picture is painted,
    both from the start of navigation. ``map_pan_fps`` and ``map_zoom_fps`` are frames a second
    while the map is panned and zoomed by something in every frame.
    """
    _write_page(folder)
    figures: dict[str, Rounds] = {}
    with browser() as chromium:
        for _ in range(_ROUNDS):
            page = chromium.new_page(viewport={"width": 1280, "height": 800})
            for name, value in _visit(page, folder).items():
                figures.setdefault(name, []).append(value)
            page.close()
    return figures


def _visit(page: Page, folder: Path) -> dict[str, float]:
    page.goto((folder / "index.html").as_uri(), wait_until="domcontentloaded")
    page.wait_for_function(_SETTLED)
    pictures = float(page.evaluate("performance.now()")) / 1000
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    fps = {kind: float(page.evaluate(_FRAMES, [_SECONDS, kind])) for kind in ("pan", "zoom")}
    return {
        "map_paint_s": float(painted) / 1000,
        "map_pictures_s": pictures,
        "map_pan_fps": fps["pan"],
        "map_zoom_fps": fps["zoom"],
    }


def _write_page(folder: Path) -> None:
    """A made-up map: heaps of pictures, with tags, names and neighbours."""
    chance = np.random.default_rng(0)
    kinds = chance.integers(_KINDS, size=_POINTS)
    middles = chance.uniform(-0.9, 0.9, (_KINDS, 2))
    places = np.clip(middles[kinds] + chance.normal(scale=0.05, size=(_POINTS, 2)), -1, 1)
    cells = in_a_grid(places)
    made = PictureMap(
        method="tsne",
        tap="pooled",
        seed=0,
        perplexity=30,
        columns=int(cells[:, 0].max()) + 1,
        of=_POINTS,
        points=[
            MapPoint(f"folder/{n:05}.png", n, x, y, column, row, kind)
            for n, ((x, y), (column, row), kind) in enumerate(
                zip(places.tolist(), cells.tolist(), kinds.tolist(), strict=True)
            )
        ],
        clusters=[
            Cluster(
                [f"tag {kind}"],
                int((kinds == kind).sum()),
                *middles[kind].tolist(),
                *np.median(cells[kinds == kind], axis=0).tolist(),
            )
            for kind in range(_KINDS)
        ],
        distortion=Distortion(0, None, [], None),
    )
    facts = Facts(
        tags=[[f"tag {kind}", f"tag {n % 100}", "drawing"] for n, kind in enumerate(kinds)],
        texts=[[] for _ in range(_POINTS)],
    )
    near = chance.integers(_POINTS, size=(_POINTS, 10))
    similarities = np.full(near.shape, 0.5, np.float32)
    pictures = [_picture(chance) for _ in range(_KINDS)]
    thumbnails = [pictures[kind] for kind in kinds.tolist()]
    sections = map_sections(folder, made, facts, (near, similarities), thumbnails, lambda name: "")
    subtitle = Message("map.subtitle", {"n": f"{_POINTS:,}"})
    html = page_html(section.Page("map", subtitle, sections))
    (folder / "index.html").write_text(html, encoding="utf-8")


def _picture(chance: np.random.Generator) -> bytes:
    """A JPEG of 128×96 pixels with some structure."""
    coarse = chance.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(coarse).resize((128, 96), Image.Resampling.BICUBIC).save(file, "JPEG")
    return file.getvalue()
