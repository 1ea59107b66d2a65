from pathlib import Path

import pytest

from pipeline.lettering import rasters, runs
from pipeline.lettering.masks import PHASES
from pipeline.lettering.runs import Run, cut_line
from tests.fonts import write_font

needs_raqm = pytest.mark.skipif(not runs.HAS_RAQM, reason="Pillow has no Raqm here")


def cut(line: str) -> list[tuple[str, str]]:
    return [(run.text, run.kind) for run in cut_line(line, "gothic")]


def width(line: str) -> float:
    return sum(run.advance for run in cut_line(line, "gothic"))


@pytest.fixture
def hebrew_font(installed: Path) -> Path:
    names = {"א": "alef", "ב": "bet", "\u05b8": "qamats", "(": "open", ")": "close"}
    widths = {"alef": 300, "bet": 700, "qamats": 0, "open": 200, "close": 200}
    return write_font(installed / "Hebrew.ttf", names, widths)


@pytest.fixture
def arabic_font(installed: Path) -> Path:
    return write_font(
        installed / "Arabic.ttf",
        {"ب": "beh"},
        {"beh": 900, "beh.init": 400, "beh.medi": 500, "beh.fina": 800},
        features="""languagesystem DFLT dflt; languagesystem arab dflt;
            feature init { sub beh by beh.init; } init;
            feature medi { sub beh by beh.medi; } medi;
            feature fina { sub beh by beh.fina; } fina;""",
    )


def test_simple_characters_are_runs_of_their_own() -> None:
    assert cut("あｶﾞ A½") == [
        *(("あ", "face"), ("ｶ", "face"), ("ﾞ", "face")),
        *((" ", "blank"), ("A", "face"), ("½", "face")),
    ]


def test_letters_and_their_marks_become_one_character_where_there_is_one() -> None:
    assert cut("e\u0301か\u3099") == [("é", "face"), ("が", "face")]
    assert cut("あ\u3099") == [("あ", "face"), ("ﾞ", "face")]
    assert cut("葛\U000e0100あ\ufe0f") == [("葛", "face"), ("あ", "face")]


@needs_raqm
def test_words_from_right_to_left_are_shaped_as_one_and_ordered(hebrew_font: Path) -> None:
    assert cut("אב\u05b8 12 ab") == [
        *(("a", "face"), ("b", "face"), (" ", "blank"), ("1", "face"), ("2", "face")),
        *((" ", "blank"), ("אב\u05b8", "shaped")),
    ]
    assert cut_line("אב", "gothic") == [Run("אב", "shaped", 1.0, hebrew_font, leftward=True)]
    assert [run.leftward for run in cut_line("א(", "gothic")] == [True, True]


@needs_raqm
def test_letters_of_arabic_join(arabic_font: Path) -> None:
    assert width("ب") == 0.9
    assert width("ببب") == pytest.approx(0.4 + 0.5 + 0.8)
    assert width("بب ب") == pytest.approx(0.4 + 0.8 + 0.9 + width(" "))


@needs_raqm
def test_endless_words_and_towers_of_marks_are_drawn_in_parts(
    arabic_font: Path, hebrew_font: Path
) -> None:
    assert max(len(run.text) for run in cut_line("ب" * 500, "gothic")) == 32
    assert max(len(run.text) for run in cut_line("א" + "\u05b8" * 500, "gothic")) == 32


@needs_raqm
def test_emoji_are_pictures_of_whole_clusters(emoji_font: Path) -> None:
    line = "草😀👩\u200d🚀👍🏽❤\ufe0f"
    assert cut(line) == [
        ("草", "face"),
        *((emoji, "color") for emoji in ("😀", "👩\u200d🚀", "👍🏽", "❤\ufe0f")),
    ]
    assert [run.advance for run in cut_line(line, "gothic")] == [1, 1.2, 1.3, 1.2, 1.2]


def test_emoji_that_are_asked_for_as_text_have_no_colour(emoji_font: Path) -> None:
    write_font(
        emoji_font.with_name("Plain.ttf"), {"😀": "face", "❤": "heart"}, {"face": 800, "heart": 800}
    )
    assert cut("❤😀\ufe0e") == [
        ("❤", "face"),
        ("😀\ufe0e" if runs.HAS_RAQM else "😀", "shaped" if runs.HAS_RAQM else "face"),
    ]


def test_clusters_that_no_font_has_are_named_whole(installed: Path) -> None:
    write_font(installed / "Plain.ttf", {"👍": "thumb"}, {"thumb": 1000})
    toned, rocket = cut_line("👍🏽👩\u200d🚀", "gothic")
    assert (toned.text, toned.kind, toned.missing) == ("👍", "face", "👍🏽")
    assert (rocket.kind, rocket.missing, rocket.advance) == ("box", "👩\u200d🚀", 1.0)


def test_without_raqm_characters_stand_side_by_side(
    hebrew_font: Path, emoji_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "HAS_RAQM", False)
    monkeypatch.setattr(rasters, "HAS_RAQM", False)
    assert cut("אב\u05b8") == [("ב\u05b8", "face"), ("א", "face")]
    assert cut("👩\u200d🚀") == [("👩🚀", "color")]
    assert width("👩\u200d🚀") == 2.4
    for run in cut_line("אב\u05b8👩\u200d🚀", "gothic"):
        assert len(rasters.draw_run(run, 30.0, 1.0)) == PHASES
