"""`make fetch` from end to end: yt-dlp's own Niconico extractor, a server on this machine."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("yt_dlp")

from yt_dlp import YoutubeDL
from yt_dlp.extractor.common import InfoExtractor

from pipeline.danmaku.comments.reading import read_comments
from pipeline.fetching.downloading import youtube_dl
from pipeline.fetching.fetch import fetch
from pipeline.media.probe import probe
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import forking
from tests.clips import constant
from tests.fetching.site import JAPAN, PAGE, SECRET, Site, comment
from tests.fetching.user import redirections

ROOT = Path(__file__).parents[2]
WATCH = "https://www.nicovideo.jp/watch/sm9"


def command(
    site: Site, workdir: Path, url: str, *more: str, python: str = sys.executable
) -> list[str]:
    user = [python, "-m", "tests.fetching.user", site.address]
    return [*user, "fetch", "--workdir", str(workdir), "--url", url, *more]


def run(
    site: Site, workdir: Path, url: str, *more: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(site, workdir, url, *more, python=forking.python()),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        timeout=100,
    )


def refused(done: subprocess.CompletedProcess[str], code: ExitCode) -> str:
    assert done.returncode == code, done.stderr
    (said,) = done.stderr.splitlines()
    assert said.startswith("fetch: error: ")
    return said


@pytest.mark.usefixtures("account")
def test_a_video_and_its_comments(site: Site, tmp_path: Path) -> None:
    done = run(site, tmp_path, WATCH)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "fetched"
    assert sorted(path.name for path in folder.iterdir()) == ["sm9.json", "sm9.mp4"]
    video = probe(folder / "sm9.mp4")
    assert (video.width, video.height, bool(video.sound_codecs)) == (64, 48, True)
    assert len(list(read_comments(folder / "sm9.json"))) == 731
    assert "731 comments, which are all" in done.stderr

    asked = len(site.asked)
    again = run(site, tmp_path, WATCH)
    assert again.returncode == 0
    assert len(site.asked) == asked
    assert "exists already" in again.stderr


def failure(url: str, folder: Path) -> PipelineError:
    with pytest.raises(PipelineError) as caught:
        fetch(url, folder)
    assert caught.value.code == ExitCode.FETCH_FAILED
    return caught.value


@pytest.fixture
def niconico(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site, for calls of fetch in this process."""
    for redirection in redirections(site.address):
        monkeypatch.setattr(*redirection)
    return site


@pytest.mark.usefixtures("account", "niconico")
@pytest.mark.parametrize(
    ("limit", "since", "hint"),
    [(150, None, "LIMIT=1500"), (10_000, date(2012, 4, 29), "an earlier SINCE=")],
)
def test_more_is_offered_where_there_is_more(
    tmp_path: Path, limit: int, since: date | None, hint: str
) -> None:
    (note,) = fetch(WATCH, tmp_path, limit, since).notes
    assert f"of 731 comments; to go further back, delete sm9.json and give {hint}" in note


@pytest.mark.usefixtures("niconico")
def test_guests_are_told_that_there_is_more(tmp_path: Path) -> None:
    (note,) = fetch(WATCH, tmp_path).notes
    assert "245 of 731 comments, which is what guests can see" in note
    assert "YAJIUMA_COOKIES" in note


@pytest.mark.usefixtures("account")
def test_a_day_begins_in_japan(niconico: Site, tmp_path: Path) -> None:
    midnight = int(datetime(2012, 4, 29, tzinfo=JAPAN).timestamp())
    moments = range(midnight - 60 * PAGE, midnight + 60 * PAGE, 60)
    every = [comment(no, at, str(no)) for no, at in enumerate(moments, 1)]
    niconico.threads = {("9", "main"): every}
    path = fetch(WATCH, tmp_path, since=date(2012, 4, 29)).comments
    assert path
    assert sum((c.posted_at or 0) >= midnight for c in read_comments(path)) == PAGE
    assert len(niconico.asked) == 2


@pytest.mark.usefixtures("account")
def test_a_video_without_comments(niconico: Site, tmp_path: Path) -> None:
    niconico.threads = {("9", "main"): []}
    video, comments, notes = fetch(WATCH, tmp_path)
    assert (comments, notes) == (None, ["sm9 has no comments"])
    assert list(tmp_path.iterdir()) == [video]


def test_no_comments_are_asked_for_where_none_are_wanted(niconico: Site, tmp_path: Path) -> None:
    assert fetch(WATCH, tmp_path, limit=0).comments is None
    assert not niconico.asked


@pytest.mark.usefixtures("account")
def test_after_kill_9_only_what_is_missing_is_asked_for(site: Site, tmp_path: Path) -> None:
    site.delay = 0.2
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


def nowhere(secret: str, done: subprocess.CompletedProcess[str], workdir: Path) -> None:
    assert secret not in done.stdout + done.stderr
    for path in workdir.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path


def test_a_login_comes_from_a_file_and_is_never_told(
    site: Site, tmp_path: Path, account: Path
) -> None:
    site.needs_login = True
    before = account.read_bytes()
    done = run(site, tmp_path, WATCH, "-v")
    assert done.returncode == 0, done.stderr
    assert site.calls["/api/watch/v3/sm9"] == 2
    nowhere(SECRET, done, tmp_path)
    assert account.read_bytes() == before


def test_who_needs_a_login_is_told_how(niconico: Site, tmp_path: Path) -> None:
    niconico.needs_login = True
    assert "YAJIUMA_COOKIES" in failure(WATCH, tmp_path).remedy


@pytest.mark.parametrize(
    "line",
    [
        f".nicovideo.jp TRUE / FALSE 0 user_session {SECRET}",
        f".nicovideo.jp\tTRUE\t/\tFALSE\tsoon\tuser_session\t{SECRET}",
        f'[{{"domain": ".nicovideo.jp", "name": "user_session", "value": "{SECRET}"}}]',
    ],
)
def test_a_faulty_cookies_file_is_told_without_its_secrets(
    site: Site, tmp_path: Path, line: str
) -> None:
    cookies = tmp_path / "cookies.txt"
    cookies.write_text(f"# Netscape HTTP Cookie File\n{line}\n")
    done = run(site, tmp_path / "workdir", WATCH, "-v", YAJIUMA_COOKIES=str(cookies))
    assert "line 2" in refused(done, ExitCode.FETCH_FAILED)
    nowhere(SECRET, done, tmp_path / "workdir")


def test_cookies_as_browsers_export_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the first line, with a false flag for the dot, fractions of seconds, no end."""
    cookies = tmp_path / "cookies.txt"
    rest = "/\tTRUE\t4102444800.5"
    cookies.write_text(
        f"nicovideo.jp\tTRUE\t{rest}\ta\t1\r\n\n# a remark\n"
        f"#HttpOnly_.nicovideo.jp\tFALSE\t{rest}\tb\t2\n.nicovideo.jp\tTRUE\t/\tTRUE\t\tc\t"
    )
    monkeypatch.setenv("YAJIUMA_COOKIES", str(cookies))
    with youtube_dl(tmp_path) as dl:
        assert {cookie.name for cookie in dl.cookiejar} == {"a", "b", "c"}


@pytest.mark.parametrize("way", ["environment", "netrc", "faulty netrc"])
def test_a_password_is_tried_and_never_told(site: Site, tmp_path: Path, way: str) -> None:
    netrc = tmp_path / "netrc"
    words = "no more " if way == "faulty netrc" else ""
    netrc.write_text(f"machine niconico login me password {words}{SECRET}\n")
    variables = {"YAJIUMA_NETRC": str(netrc)}
    if way == "environment":
        variables = {"YAJIUMA_USER": "me", "YAJIUMA_PASSWORD": SECRET}
    done = run(site, tmp_path / "workdir", WATCH, "-v", **variables)
    said = refused(done, ExitCode.FETCH_FAILED)
    nowhere(SECRET, done, tmp_path / "workdir")
    if way == "faulty netrc":
        assert "YAJIUMA_NETRC" in said
    else:
        assert "Wrong address or password" in said
        assert site.logins == [{"mail_tel": ["me"], "password": [SECRET]}]


@pytest.mark.parametrize("variable", ["YAJIUMA_COOKIES", "YAJIUMA_NETRC"])
def test_a_credentials_file_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "none.txt"))
    assert variable in failure(WATCH, tmp_path).problem


@pytest.mark.parametrize("name", ["plain.mp4", "page.html"])
def test_a_video_of_any_site(site: Site, tmp_path: Path, name: str) -> None:
    (site.folder / "page.html").write_text('<video src="plain.mp4" type="video/mp4"></video>')
    video, comments, notes = fetch(f"{site.address}/{name}", tmp_path)
    assert probe(video).width == 64
    assert comments is None
    assert "no timestamped comments" in notes[0]


def test_videos_of_the_same_file_name_are_not_mixed_up(site: Site, tmp_path: Path) -> None:
    (site.folder / "other").mkdir()
    constant(site.folder / "other" / "plain.mp4", size="96x64")
    places = ("plain.mp4", "other/plain.mp4", "plain.mp4")
    videos = [fetch(f"{site.address}/{place}", tmp_path).video for place in places]
    assert [probe(video).width for video in videos] == [64, 96, 64]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("url", ["", "sm9", "ftp://example.com/x", "https://", "http://[x"])
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(PipelineError, match="URL=") as caught:
        fetch(url, tmp_path)
    assert caught.value.code == ExitCode.USAGE


@pytest.mark.parametrize("login", ["me:hunter2", "hunter2"])
def test_a_login_in_the_address_is_refused_and_not_repeated(tmp_path: Path, login: str) -> None:
    with pytest.raises(PipelineError, match="holds a login") as caught:
        fetch(f"https://{login}@example.com/v", tmp_path)
    assert caught.value.code == ExitCode.USAGE
    assert "hunter2" not in str(caught.value)


def test_a_page_without_a_video_and_one_that_is_not_there(site: Site, tmp_path: Path) -> None:
    (site.folder / "empty.html").write_text("<p>Nothing to see</p>")
    assert "page with a video" in failure(f"{site.address}/empty.html", tmp_path).remedy
    nothing = f"{site.address}/nothing.html"
    problem = failure(nothing, tmp_path).problem
    assert "404" in problem
    assert nothing in problem


def test_a_deleted_video(niconico: Site, tmp_path: Path) -> None:
    niconico.watch_status = (404, "NOT_FOUND")
    assert "sm9" in failure(WATCH, tmp_path).problem


def test_no_network_is_one_clear_line(site: Site, tmp_path: Path) -> None:
    said = refused(run(site, tmp_path, "http://127.0.0.1:9/v.mp4"), ExitCode.FETCH_FAILED)
    assert said.count("Connection refused") == 1


class _Danmaku(InfoExtractor):  # type: ignore[misc]
    """A site whose comments yt-dlp finds as it does Bilibili's."""

    _VALID_URL = r"(?P<address>http://127\.0\.0\.1:\d+)/danmaku/(?P<id>\w+)"

    def _real_extract(self, url: str) -> dict[str, Any]:
        address, name = self._match_valid_url(url).group("address", "id")
        if name == "list":
            again = [self.url_result(f"{address}/danmaku/BV{n}") for n in range(3)]
            return dict(self.playlist_result(again, name))
        self._request_webpage(f"{address}/1.xml", name)
        subtitles = self.extract_subtitles(address)
        return {"id": name, "title": "A", "url": f"{address}/plain.mp4", "subtitles": subtitles}

    def _get_subtitles(self, address: str) -> dict[str, Any]:
        zh = [{"ext": "srt", "data": "1\n00:00:00,000 --> 00:00:01,000\n中文\n"}]
        return {"danmaku": [{"ext": "xml", "url": f"{address}/1.xml"}], "zh": zh}


@pytest.fixture
def danmaku_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    @contextmanager
    def knowing_it(folder: Path) -> Iterator[YoutubeDL]:
        with youtube_dl(folder) as dl:
            others = dict(dl._ies)
            dl._ies.clear()
            dl.add_info_extractor(_Danmaku())
            dl._ies.update(others)
            yield dl

    monkeypatch.setattr("pipeline.fetching.fetch.youtube_dl", knowing_it)
    (site.folder / "1.xml").write_text('<i><d p="1,1,25,16777215,1,0,a,1">你好</d></i>')
    return site


def test_comments_that_a_site_offers_as_subtitles(danmaku_site: Site, tmp_path: Path) -> None:
    url = f"{danmaku_site.address}/danmaku/BV1"
    for _ in range(2):
        video, comments, _ = fetch(url, tmp_path)
        assert video == tmp_path / "BV1.mp4"
        assert comments == tmp_path / "BV1.xml"
        assert sorted(tmp_path.iterdir()) == [video, comments]
        assert [comment.text for comment in read_comments(comments)] == ["你好"]


def test_of_a_list_nothing_is_asked_for(danmaku_site: Site, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="list of videos") as caught:
        fetch(f"{danmaku_site.address}/danmaku/list", tmp_path)
    assert caught.value.code == ExitCode.USAGE
    assert not danmaku_site.calls


@pytest.mark.parametrize("where", ["opened", "written"])
def test_a_full_disk_is_called_so(
    danmaku_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    place = {"opened": "sanitize_open", "written": "real_download"}[where]
    monkeypatch.setattr(f"yt_dlp.downloader.http.HttpFD.{place}", full)
    with pytest.raises(PipelineError) as caught:
        fetch(f"{danmaku_site.address}/danmaku/BV1", tmp_path)
    assert caught.value.code == ExitCode.DISK_FULL


def test_a_firewall_is_not_taken_for_the_disk(
    danmaku_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("socket.socket.connect", refuse)
    with pytest.raises(PipelineError, match="not permitted") as caught:
        fetch(f"{danmaku_site.address}/plain.mp4", tmp_path)
    assert caught.value.code == ExitCode.FETCH_FAILED
