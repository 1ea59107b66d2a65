"""Cards and exports of captions, from files to files; the preset of the article."""

import errno
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageSequence

from pipeline.captions.captions_file import CaptionLine
from pipeline.captions.texts_file import read_texts
from pipeline.engine.catalog import stage_configs
from pipeline.engine.settings import load_settings
from pipeline.engine.stage import Files
from pipeline.labels.keeping import write_keep_labels
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.reading import read_labels
from pipeline.labels.record import Label
from pipeline.labels.sidecars import Sidecars
from pipeline.media.picture_folder import PictureFolder
from pipeline.pictures.frames_file import read_names
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from pipeline.runtime.paths import CONFIGS
from pipeline.sources.pointers import StillsSource
from pipeline.sources.settings import TopLevel
from stages.captions import cards, export
from stages.captions import texts as texts_stage
from tests.captions.toys import candidate
from tests.illustrations.toys import write_collection

TEXTS = ["猫が寝る", "寝る", "<b>“so”, to\tsay</b>", "🎉の日", *(f"一言{n}" for n in range(26))]


def line(number: int, text: str) -> CaptionLine:
    return CaptionLine(
        time_ms=1000 * number,
        text=text,
        words=[text],
        frame=number,
        picture=f"sub/{number:02}.png",
        candidates=[
            msgspec.structs.replace(candidate(text), score=float(number)),
            msgspec.structs.replace(candidate(f"{text}？"), score=number - 0.5),
        ],
    )


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with the pointer to pictures, and lines for them."""
    pictures = tmp_path / "album"
    (pictures / "sub").mkdir(parents=True)
    for number in range(len(TEXTS)):
        color = (9 * number % 256, 200, 100)
        Image.new("RGB", (40, 30 + number), color).save(pictures / "sub" / f"{number:02}.png")
    folder = PictureFolder.open(pictures)
    made = tmp_path / "made"
    made.mkdir()
    StillsSource(str(pictures), folder.fingerprint, list(folder.files)).save(
        made / "source.stills.json"
    )
    write_lines(made / "captions.jsonl", [line(n, text) for n, text in enumerate(TEXTS)])
    return made


def drawn(album: Path, name: str, **settings: object) -> dict[str, list[str]]:
    """What ``cards.json`` says after cards were drawn into a folder."""
    target = album / name / "cards.json"
    inputs: Mapping[str, list[Path]] = {
        "captions": [album / "captions.jsonl"],
        "source": [],
        "stills": [album / "source.stills.json"],
    }
    config = msgspec.convert({"card": {"width": 160}} | settings, cards.Config)
    cards.run(Files(inputs), Files({"cards": [target]}), config)
    return dict(json.loads(target.read_text()))


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_card_for_each_picture(album: Path) -> None:
    files = drawn(album, "png", format="png")
    assert list(files.values()) == [[text] for text in TEXTS]
    assert next(iter(files)) == "00000-sub_00.png"
    assert set(content(album / "png")) == {*files, "cards.json"}
    for name in files:
        with Image.open(album / "png" / name) as card:
            assert card.width == 160
            assert card.height > 120


def test_sheets_hold_all_cards_in_order(album: Path) -> None:
    files = drawn(album, "sheet", format="sheet")
    assert list(files) == ["sheet-001.png", "sheet-002.png"]
    assert [len(texts) for texts in files.values()] == [24, 6]
    assert [text for texts in files.values() for text in texts] == TEXTS
    heights = [Image.open(album / "sheet" / name).height for name in files]
    assert heights[0] > heights[1]


def test_a_gif_shows_one_after_the_other(album: Path) -> None:
    assert drawn(album, "gif", format="gif") == {"cards.gif": TEXTS}
    with Image.open(album / "gif" / "cards.gif") as gif:
        frames = [frame.info["duration"] for frame in ImageSequence.Iterator(gif)]
    assert len(frames) == len(TEXTS)
    assert min(frames) >= 2500, "in milliseconds, long enough to be read"


@pytest.mark.parametrize("form", ["png", "sheet", "gif"])
def test_the_same_lines_give_the_same_bytes(album: Path, form: str) -> None:
    for name in ("one", "other"):
        drawn(album, name, format=form, max_count=5)
    assert content(album / "one") == content(album / "other")


def test_only_the_best_cards_are_drawn_in_their_order(album: Path) -> None:
    files = drawn(album, "best", format="png", max_count=3)
    assert list(files.values()) == [[text] for text in TEXTS[-3:]]


def exported(album: Path, form: str, count: int = 1) -> Path:
    target = album / "exported" / f"captions.{form}"
    target.parent.mkdir(exist_ok=True)
    inputs = {
        "stills": [album / "source.stills.json"],
        "captions": [album / "captions.jsonl"],
    }
    config = msgspec.convert({"format": form, "lines": count}, export.Config)
    export.run(Files(inputs), Files({"export": [target]}), config)
    return target


@pytest.mark.parametrize("form", ["csv", "jsonl", "coco.json", "flickr.txt"])
@pytest.mark.parametrize("count", [1, 2])
def test_exports_are_read_as_labels(album: Path, form: str, count: int) -> None:
    found = list(read_labels(exported(album, form, count)))
    expected = [
        (
            f"sub/{number:02}.png",
            one.replace("\t", " ") if form in ("flickr.txt", "coco.json") else one,
        )
        for number, text in enumerate(TEXTS)
        for one in [text, f"{text}？"][:count]
    ]
    assert [(label.picture, label.value) for label in found] == expected
    if form in ("csv", "jsonl"):
        assert [label.by for label in found] == ["model"] * len(expected)
        assert found[0].weight == 0


def test_sidecars_never_take_the_place_of_a_persons_and_are_no_labels(album: Path) -> None:
    pictures = album.parent / "album"
    (pictures / "sub" / "03.txt").write_text("人の言葉", "utf-8")
    exported(album, "sidecars")
    assert (pictures / "sub" / "03.txt").read_text("utf-8") == "人の言葉"
    assert (pictures / "sub" / "00.txt").read_text("utf-8") == "猫が寝る\n"
    names = [f"sub/{number:02}.png" for number in range(len(TEXTS))]
    found = {label.picture: label.by for label in Sidecars(pictures, names)}
    assert found.pop("sub/03.png") == "person"
    assert set(found.values()) == {"model"}


def test_where_no_sidecar_can_be_written_the_pictures_are_named(
    album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pipeline.labels.writing.write_labels", refuse)
    with pytest.raises(PipelineError) as caught:
        exported(album, "sidecars")
    assert caught.value.code == ExitCode.NOT_WRITABLE
    assert str(album.parent / "album") in caught.value.problem


def test_an_edited_line_is_a_persons(album: Path) -> None:
    lines = [line(n, text) for n, text in enumerate(TEXTS)]
    lines[0] = msgspec.structs.replace(lines[0], text="人が直した")
    write_lines(album / "captions.jsonl", lines)
    found = list(read_labels(exported(album, "jsonl", 2)))
    assert [(label.value, label.by) for label in found[:2]] == [
        ("人が直した", "person"),
        ("猫が寝る", "model"),
    ]


def test_the_articles_numbers_are_a_preset() -> None:
    settings = load_settings(CONFIGS / "image2boke.yaml", stage_configs(), TopLevel())
    train = msgspec.to_builtins(settings.stages["captions-train"])
    assert train["captioner"]["attention"] == "none"
    assert train["schedule"]["epochs"] == train["schedule"]["patience"] == 50
    assert (train["schedule"]["batch"], train["ratings"]) == (128, "ignore")
    assert msgspec.to_builtins(settings.stages["features"])["backbone"] == "resnet18"
    write = msgspec.to_builtins(settings.stages["captions-write"])
    assert (write["candidates"], write["blind"], write["liking"]) == (1, 0, 0)
    assert write["decoding"]["strategy"] == "argmax"


def test_texts_of_pictures_that_labels_or_clusters_drop_are_left_out(tmp_path: Path) -> None:
    folder = write_collection(tmp_path / "album", 3)
    names = read_names(folder / "frames.h5")
    texts = [Label(picture=name, kind="text", value=f"joke {n}") for n, name in enumerate(names)]
    labels = [*texts, Label(picture=names[0], kind="keep", value="drop")]
    write_labels_file(folder / "labels.jsonl", labels)
    write_keep_labels(folder / "keep.jsonl", names[:2], [True, False])
    inputs = {
        "labels": [folder / "labels.jsonl"],
        "frames": [folder / "frames.h5"],
        "kept": [folder / "keep.jsonl"],
    }
    target = Files({"texts": [folder / "texts.jsonl"]})
    said = texts_stage.run(Files(inputs), target, texts_stage.Config(learn_from="kept"))
    assert [text.picture for text in read_texts(folder / "texts.jsonl")] == names[2:]
    assert "2 of pictures that labels or clusters drop" in said
