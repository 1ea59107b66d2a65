"""`make captions` as users call it, and ordinary slips."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.captions.captions_file import read_captions
from pipeline.captions.evaluation.evaluation_file import Evaluation
from pipeline.runtime.errors import ExitCode
from tests.captions.albums import OTHER, Albums
from tests.report.stage_lines import without_japanese


def test_it_makes_lines_a_page_and_cards_once(finished: Albums) -> None:
    made = finished.made_of_album
    lines = read_captions(made / "captions.jsonl")
    assert [line.picture for line in lines] == [f"{number:03}.png" for number in range(64)]
    assert all(1 <= len(line.candidates) <= 3 for line in lines)
    assert (made / "captions" / "index.html").is_file()
    assert (made / "cards" / "sheet" / "sheet-003.png").is_file()
    assert Evaluation.load(made / "captions.evaluation.json").measured_on == "held-out pictures"
    assert "captions/index.html" in (finished.workdir / "index.html").read_text()
    assert without_japanese(made / "captions" / "index.html") == []
    assert finished.plan("captions", "--pictures", str(finished.album)) == set()


def test_another_album_is_written_for_and_learned_from_by_nobody(albums: Albums) -> None:
    before = albums.model()
    said = albums.made("all", "--pictures", str(albums.other))
    assert "lines for 4 pictures" in said
    assert albums.model() == before
    made = albums.workdir / OTHER
    assert (made / "captions" / "index.html").is_file()
    assert not (made / "captions.evaluation.json").exists()

    shutil.copy(albums.album / "captions.csv", albums.other)
    said = albums.made("captions-evaluate", "--pictures", str(albums.other))
    assert "“default” learned from animals, not from more" in said
    assert albums.model() == before
    found = Evaluation.load(made / "captions.evaluation.json")
    assert (found.measured_on, found.pictures) == ("another collection", 4)


def test_another_picture_in_a_learned_album_keeps_the_model(albums: Albums) -> None:
    albums.of("plan")  # learns that the pictures moved along
    before = albums.model()
    shutil.copy(albums.other / "001.png", albums.album / "100.png")
    said = albums.of("captions-write")
    assert "is used as it is" in said
    assert albums.model() == before
    lines = read_captions(albums.made_of_album / "captions.jsonl")
    assert lines[-1].picture == "100.png"
    assert len(lines) == 65


def test_a_run_that_is_killed_goes_on_to_the_same_lines(albums: Albums) -> None:
    albums.of("plan", "captions-write")  # learns that the pictures moved along
    lines = (albums.made_of_album / "captions.jsonl").read_bytes()
    folder = albums.workdir / "models" / "captions" / "default"
    shutil.rmtree(folder)
    (albums.made_of_album / "captions.jsonl").unlink()
    assert albums.kill_when(
        lambda: any(folder.glob("*checkpoint*")),
        "captions-write",
        "--pictures",
        str(albums.album),
        stages_too=True,
    )
    assert not (albums.made_of_album / "captions.jsonl").exists()
    albums.of("captions-write")
    assert (albums.made_of_album / "captions.jsonl").read_bytes() == lines


def test_edited_lines_are_kept_and_drawn(albums: Albums) -> None:
    albums.of("plan", "captions-cards")  # learns that the pictures moved along
    path = albums.made_of_album / "captions.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    edited = json.loads(lines[0]) | {"text": "人が書いた"}
    path.write_text(json.dumps(edited, ensure_ascii=False) + "\n" + "".join(lines[1:]), "utf-8")
    said = albums.of("captions-cards", "--set", "captions.write.candidates=7")
    assert "captions.jsonl was edited by hand and is kept" in said
    said = albums.of("captions-write", "--set", "captions.write.candidates=6")
    assert "captions.jsonl was edited by hand and is kept" in said
    assert json.loads(path.read_text("utf-8").splitlines()[0])["text"] == "人が書いた"
    files = json.loads((albums.made_of_album / "cards" / "sheet" / "cards.json").read_text())
    assert next(iter(files.values()))[0] == "人が書いた"


def test_a_video_of_lines_draws_and_exports_them(albums: Albums) -> None:
    before = albums.model()
    said = albums.of("export", "--of", "captions", "--format", "csv")
    assert "64 comments written" in said
    assert albums.model() == before
    albums.of("captions-export")
    made = albums.made_of_album
    assert (made / "captions.csv").is_file()
    assert (made / "exported" / "captions.csv").is_file()


@pytest.mark.parametrize("content", ["image,caption\nzzz.png,nope\n", "image,caption\n"])
def test_labels_without_a_usable_one_are_told(albums: Albums, tmp_path: Path, content: str) -> None:
    before = albums.model()
    labels = tmp_path / "labels.csv"
    labels.write_text(content)
    done = albums.run("captions", "--pictures", str(albums.album), "--labels", str(labels))
    assert done.returncode == ExitCode.NOTHING_USABLE
    assert "no usable label in" in done.stderr and "labels.csv" in done.stderr
    assert albums.model() == before


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--model", "defualt"], ExitCode.NO_MODEL, ["defualt", "make captions-train", "LABELS"]),
        (["--labels", "nowhere.csv"], ExitCode.LABELS_MISSING, ["nowhere.csv", "LABELS="]),
        (["--model", "../x"], ExitCode.USAGE, ["make models"]),
    ],
)
def test_slips_say_what_to_do(
    finished: Albums, tmp_path: Path, options: list[str], code: ExitCode, words: list[str]
) -> None:
    workdir = tmp_path / "workdir"
    shutil.copytree(finished.workdir / "models", workdir / "models")
    one = Albums(tmp_path, finished.network)
    one.write_settings()
    done = one.run("captions", "--pictures", str(finished.other), *options)
    assert done.returncode == code, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("verb", ["captions", "captions-write", "all"])
def test_pictures_without_captions_and_without_a_model_are_told(
    finished: Albums, tmp_path: Path, verb: str
) -> None:
    one = Albums(tmp_path, finished.network)
    one.write_settings()
    done = one.run(verb, "--pictures", str(finished.other))
    assert done.returncode in (ExitCode.NO_MODEL, ExitCode.LABELS_MISSING), done.stderr
    assert "captions" in done.stderr and "LABELS=" in done.stderr
    assert "Traceback" not in done.stderr
