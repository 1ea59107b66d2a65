import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from pipeline.show.__main__ import main
from tests import forking


def test_episodes_are_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--folder", str(tmp_path), "--seconds", "2", "--size", "64x36"]
    asked += ["--episode", "1", "--episode", "2", "--comment-rate", "5"]
    assert main(asked) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["made", "made"]
    videos = [tmp_path / f"nekomachi-0{number}" for number in (1, 2)]
    first, second = (video.with_suffix(".mp4").read_bytes() for video in videos)
    assert first != second
    assert main(asked) == ExitCode.OK
    assert capsys.readouterr().out.count("already there") == 2
    assert len(list(tmp_path.glob("nekomachi-*"))) == 6


def test_an_album_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--folder", str(tmp_path), "--album", "3", "--seed", "5", "--size", "64x36"]
    for result in ("made", "already there"):
        assert main(asked) == ExitCode.OK
        assert capsys.readouterr().out == f"{tmp_path / 'nekomachi-album-5'}: {result}\n"
    assert {path.name for path in tmp_path.glob("nekomachi-*")} == {
        *("nekomachi-album-5", "nekomachi-album-5.truth.json"),
    }
    assert len(list((tmp_path / "nekomachi-album-5").glob("*.png"))) == 3


@pytest.mark.parametrize("other", [("--episode", "2"), ("--seconds", "9"), ("--comment-rate", "1")])
def test_an_album_takes_no_setting_of_episodes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: tuple[str, str]
) -> None:
    assert main(["--folder", str(tmp_path), "--album", "3", *other]) == ExitCode.USAGE
    assert other[0] in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_shots_are_an_album_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--folder", str(tmp_path), "--shots", "--seed", "5", "--size", "64x36"]
    assert main(asked) == ExitCode.USAGE
    assert "--album" in capsys.readouterr().err
    assert main([*asked, "--album", "3"]) == ExitCode.OK
    assert len(list((tmp_path / "nekomachi-shots-5").glob("*.png"))) == 3


def test_two_calls_at_once_make_an_episode_once(tmp_path: Path) -> None:
    command = [forking.python(), "-m", "pipeline.show", "--folder", str(tmp_path)]
    command += ["--seconds", "2", "--size", "64x36"]
    calls = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [call.communicate()[0] for call in calls]
    assert sorted(line.rsplit(": ", 1)[1].strip() for line in said) == ["already there", "made"]
    assert len(list(tmp_path.glob("nekomachi-*"))) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            ["--size", "640"],
            ["--size", "641x360"],
            ["--size", "16x16"],
            ["--size", "360x640"],
            ["--seconds", "1"],
        ),
        *(["--seconds", "nan"], ["--seconds", "inf"], ["--episode", "0"], ["--seed", "-1"]),
        *(["--comment-rate", "-2"], ["--comment-rate", "nan"]),
        *(["--album", "0"], ["--album", "10000"], ["--album", "3", "--size", "36x64"]),
    ],
)
def test_a_wrong_value_ends_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["--folder", str(tmp_path), *wrong]) == ExitCode.INVALID_SETTING
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    asked = ["--folder", str(tmp_path / "file" / "show"), "--seconds", "2", "--size", "64x36"]
    assert main(asked) == ExitCode.NOT_WRITABLE
    assert "error: no access" in capsys.readouterr().err


def test_the_truth_is_read_without_heavy_libraries() -> None:
    code = (
        "import sys, pipeline.show.album_truth, pipeline.show.truth;"
        "assert not {'numpy', 'PIL', 'torch', 'av', 'lxml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
