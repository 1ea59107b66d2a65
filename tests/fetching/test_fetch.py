"""`make fetch` from end to end: yt-dlp's own Niconico extractor, a server on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("yt_dlp")

from pipeline.comments.reading import read_comments
from pipeline.errors import ExitCode
from pipeline.fetching.downloading import youtube_dl
from pipeline.fetching.fetch import _comments
from pipeline.media.probe import probe
from tests.fetching.site import SECRET, Site

ROOT = Path(__file__).parents[2]
WATCH = "https://www.nicovideo.jp/watch/sm9"


def command(site: Site, workdir: Path, url: str, *more: str) -> list[str]:
    user = [sys.executable, "-m", "tests.fetching.user", site.address]
    return [*user, "fetch", "--workdir", str(workdir), "--url", url, *more]


def run(
    site: Site, workdir: Path, url: str, *more: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(site, workdir, url, *more),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        timeout=100,
    )


def refused(done: subprocess.CompletedProcess[str], code: ExitCode) -> str:
    assert done.returncode == code, done.stderr
    (said,) = [line for line in done.stderr.splitlines() if "trying again" not in line]
    assert said.startswith("fetch: error: ")
    return said


def test_a_video_and_its_comments(site: Site, tmp_path: Path) -> None:
    done = run(site, tmp_path, WATCH)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "fetched"
    assert sorted(path.name for path in folder.iterdir()) == ["sm9.json", "sm9.mp4"]
    video = probe(folder / "sm9.mp4")
    assert (video.width, video.height, bool(video.sound_codecs)) == (64, 48, True)
    assert len(list(read_comments(folder / "sm9.json"))) == 731
    assert "731 comments, all there are to see" in done.stderr

    asked = len(site.asked)
    again = run(site, tmp_path, WATCH)
    assert again.returncode == 0
    assert len(site.asked) == asked
    assert "is there already" in again.stderr


def test_more_is_offered_where_there_is_more(site: Site, tmp_path: Path) -> None:
    done = run(site, tmp_path, WATCH, "--most", "150")
    assert "of 731 comments; to go further back, delete sm9.json and say MOST=1500" in done.stderr


def test_after_kill_9_only_what_is_missing_is_asked_for(site: Site, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command(site, tmp_path, WATCH), cwd=ROOT, env=environment)
    while len(site.asked) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    before = len(site.asked)
    assert not (tmp_path / "fetched" / "sm9.json").exists()
    assert run(site, tmp_path, WATCH).returncode == 0
    assert len(list(read_comments(tmp_path / "fetched" / "sm9.json"))) == 731
    moments = [body["additionals"].get("when", 10**12) for body in site.asked]
    assert moments[before] <= moments[before - 2]  # a page may have been cut off
    assert len(moments) <= 7


@pytest.mark.parametrize("way", ["cookies file", "none"])
def test_a_login_comes_from_a_file_and_is_never_told(site: Site, tmp_path: Path, way: str) -> None:
    site.needs_login = True
    cookies = tmp_path / "cookies.txt"
    cookies.write_text(
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tuser_session\t" + SECRET + "\n"
        ".nicovideo.jp\tTRUE\t/\tFALSE\t0\tuser_session\t" + SECRET + "\n"
    )
    before = cookies.read_bytes()
    workdir = tmp_path / "workdir"
    if way == "none":
        assert "YAJIUMA_COOKIES" in refused(run(site, workdir, WATCH), ExitCode.FETCH_FAILED)
        return
    done = run(site, workdir, WATCH, "-v", YAJIUMA_COOKIES=str(cookies))
    assert done.returncode == 0, done.stderr
    assert site.calls["/api/watch/v3/sm9"] == 2
    assert SECRET not in done.stdout + done.stderr
    assert cookies.read_bytes() == before
    for path in workdir.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_a_password_in_the_address_is_refused_and_not_repeated(site: Site, tmp_path: Path) -> None:
    said = refused(run(site, tmp_path, "https://me:hunter2@example.com/v"), ExitCode.USAGE)
    assert "hunter2" not in said


def test_a_credentials_file_that_is_not_there(site: Site, tmp_path: Path) -> None:
    done = run(site, tmp_path, WATCH, YAJIUMA_COOKIES=str(tmp_path / "none.txt"))
    assert "YAJIUMA_COOKIES" in refused(done, ExitCode.FETCH_FAILED)


def test_a_link_to_a_video_file(site: Site, tmp_path: Path) -> None:
    done = run(site, tmp_path, f"{site.address}/plain.mp4")
    assert done.returncode == 0, done.stderr
    assert probe(tmp_path / "fetched" / "plain.mp4").width == 64
    assert "no timestamped comments" in done.stderr


@pytest.mark.parametrize("url", ["", "sm9", "ftp://example.com/x", "https://"])
def test_what_is_no_address(site: Site, tmp_path: Path, url: str) -> None:
    assert "URL=" in refused(run(site, tmp_path, url), ExitCode.USAGE)


def test_a_page_without_a_video_a_deleted_one_and_no_network(site: Site, tmp_path: Path) -> None:
    refused(run(site, tmp_path, f"{site.address}/nothing.html"), ExitCode.FETCH_FAILED)
    site.watch_status = (404, "NOT_FOUND")
    refused(run(site, tmp_path, WATCH), ExitCode.FETCH_FAILED)
    refused(run(site, tmp_path, "http://127.0.0.1:9/v.mp4"), ExitCode.FETCH_FAILED)


def test_comments_that_a_site_offers_as_subtitles(site: Site, tmp_path: Path) -> None:
    """Bilibili's extractor names them so."""
    (site.folder / "1.xml").write_text('<i><d p="1,1,25,16777215,1,0,a,1">你好</d></i>')
    track = {"url": f"{site.address}/1.xml", "ext": "xml"}
    info = {"extractor_key": "BiliBili", "id": "BV1", "subtitles": {"danmaku": [track]}}
    with youtube_dl(tmp_path) as dl:
        path, _ = _comments(dl, info, tmp_path, 1, None)
    assert path == tmp_path / "BV1.xml"
    assert [comment.text for comment in read_comments(path)] == ["你好"]
