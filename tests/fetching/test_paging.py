"""Comments page by page, from a server that is slow, overloaded, or broken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import pytest

pytest.importorskip("yt_dlp")

from pipeline.danmaku.comments.reading import read_comments
from pipeline.fetching.downloading import youtube_dl
from pipeline.fetching.niconico import CommentServer
from pipeline.fetching.paging import Pages, page_back
from pipeline.fetching.web import PAUSE, Web
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.fetching.site import PAGE, START, Site, comment

pytestmark = pytest.mark.usefixtures("account")


def fetch_all(
    site: Site,
    folder: Path,
    limit: int = 10**6,
    since: int | None = None,
    sleep: Callable[[float], None] = lambda _: None,
) -> Pages:
    """Page back and publish as sm9.json."""
    with youtube_dl(folder) as dl, Pages(folder / "partial") as pages:
        server = CommentServer(Web(dl, sleep), "sm9", site.address, site.address)
        assert sum(page_back(server, pages, limit, since)) <= pages.count
        pages.publish(folder / "sm9.json")
    return pages


def texts(path: Path) -> set[str]:
    return {comment.text for comment in read_comments(path)}


@pytest.mark.parametrize("includes_when", [True, False])
def test_every_comment_of_every_thread_comes_once(
    site: Site, tmp_path: Path, includes_when: bool
) -> None:
    site.includes_when = includes_when
    fetch_all(site, tmp_path)
    file = read_comments(tmp_path / "sm9.json")
    found = [(c.thread, c.fork, c.no, c.text) for c in file]
    truth = [
        (name, fork, c["no"], c["body"])
        for (name, fork), comments in site.threads.items()
        for c in comments
    ]
    assert sorted(found) == sorted(truth)
    assert list(tmp_path.iterdir()) == [tmp_path / "sm9.json"]


def test_threads_without_older_comments_are_not_asked_again(site: Site, tmp_path: Path) -> None:
    fetch_all(site, tmp_path)
    forks = [[target["fork"] for target in body["params"]["targets"]] for body in site.asked]
    assert forks[0] == ["owner", "main", "easy"]
    assert Counter(map(tuple, forks[1:])) == {("main",): 3, ("owner",): 1}
    assert all(body["additionals"]["res_from"] == -1000 for body in site.asked)


def test_threads_of_different_pasts_lose_nothing(site: Site, tmp_path: Path) -> None:
    """The easy thread reaches far back with few comments, while the main one is crowded."""
    every = range(250, 0, -1)
    site.threads["9", "easy"] = [comment(no, START - 10**6 * no, f"e{no}") for no in every]
    fetch_all(site, tmp_path)
    assert len(texts(tmp_path / "sm9.json")) == 730 + 250 + 1


@pytest.mark.parametrize("includes_when", [True, False])
@pytest.mark.parametrize("later", [0, 49])
@pytest.mark.parametrize("crowded", [PAGE, PAGE + 5])
def test_a_crowded_second_does_not_stop_the_way_back(
    site: Site, tmp_path: Path, crowded: int, later: int, includes_when: bool
) -> None:
    site.includes_when = includes_when
    moments = [START - 60 * n for n in range(30, 0, -1)]
    moments += [START] * crowded + [START + n for n in range(1, later + 1)]
    site.threads = {("9", "main"): [comment(no, at, f"{no}") for no, at in enumerate(moments, 1)]}
    fetch_all(site, tmp_path)
    lost = {str(no) for no in range(1, len(moments) + 1)} - texts(tmp_path / "sm9.json")
    assert len(lost) <= max(0, crowded - PAGE)


def test_guests_get_the_sample_that_the_site_shows_them(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YAJIUMA_COOKIES")
    pages = fetch_all(site, tmp_path)
    assert pages.sample
    assert not pages.rest
    assert [body["additionals"] for body in site.asked] == [{}]
    assert 1 < pages.count < pages.total == 731


def test_guests_page_back_where_they_may(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YAJIUMA_COOKIES")
    site.guests_see_the_past = True
    pages = fetch_all(site, tmp_path)
    assert (pages.count, pages.sample) == (731, False)


def test_an_account_that_is_refused_the_past_is_told(site: Site, tmp_path: Path) -> None:
    site.troubles = ["INVALID_TOKEN"]
    with pytest.raises(PipelineError, match="INVALID_TOKEN"):
        fetch_all(site, tmp_path)


def test_it_goes_as_far_as_asked(site: Site, tmp_path: Path) -> None:
    pages = fetch_all(site, tmp_path, limit=250)
    assert 250 <= pages.count < 250 + PAGE
    assert pages.total == 731
    assert pages.rest


def test_it_goes_back_to_a_day(site: Site, tmp_path: Path) -> None:
    day = START + 40_000
    fetch_all(site, tmp_path, since=day)
    dates = [c.posted_at or 0 for c in read_comments(tmp_path / "sm9.json") if c.fork == "main"]
    newest = [c for c in site.threads["9", "main"] if START + c["no"] // 3 * 180 >= day]
    assert sum(date >= day for date in dates) == len(newest)
    assert len(dates) < len(newest) + 2 * PAGE


def test_one_question_at_a_time_with_a_pause(site: Site, tmp_path: Path) -> None:
    slept: list[float] = []
    fetch_all(site, tmp_path, sleep=slept.append)
    assert slept == [PAUSE] * len(site.asked)
    assert site.agents == {"Yajiuma"}


def test_troubles_on_the_way_are_waited_out(site: Site, tmp_path: Path) -> None:
    slept: list[float] = []
    soon = formatdate(time.time() + 50, usegmt=True)
    site.troubles = ["", "EXPIRED_TOKEN", "7", "gone", "cut", "html", ""]
    site.troubles += ["TOO_MANY_REQUESTS", soon]
    pages = fetch_all(site, tmp_path, sleep=slept.append)
    assert pages.count == 731
    waits = [wait for wait in slept if wait != PAUSE]
    assert waits[:-1] == [7, 4, 8, 16, 70]
    assert waits[-1] == pytest.approx(50, abs=5)
    assert site.keys == 1


def test_a_server_that_wants_peace_for_long_is_left_alone(site: Site, tmp_path: Path) -> None:
    slept: list[float] = []
    site.troubles = ["3600"]
    with pytest.raises(PipelineError, match="429 and wants a pause of 3600 s"):
        fetch_all(site, tmp_path, sleep=slept.append)
    assert slept == [PAUSE]


def test_it_gives_up_with_one_clear_error_and_goes_on_later(site: Site, tmp_path: Path) -> None:
    site.troubles = ["", "", "", *["gone"] * 6]
    with pytest.raises(PipelineError, match="503") as caught:
        fetch_all(site, tmp_path)
    assert caught.value.code == ExitCode.FETCH_FAILED
    assert "later" in caught.value.remedy
    assert not (tmp_path / "sm9.json").exists()
    before = len(site.asked)
    assert fetch_all(site, tmp_path).count == 731
    assert site.asked[before]["additionals"]["when"] < site.asked[1]["additionals"]["when"]
    assert len(site.asked) - before <= 4


def test_a_page_that_was_half_written_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    site.troubles = ["", "", *["gone"] * 6]
    with pytest.raises(PipelineError):
        fetch_all(site, tmp_path)
    partial = tmp_path / "partial"
    partial.write_bytes(partial.read_bytes()[:-100])
    site.troubles = ["", *["gone"] * 6]
    with pytest.raises(PipelineError):
        fetch_all(site, tmp_path)
    _, lost, again = site.asked
    assert lost == again
    assert fetch_all(site, tmp_path).count == 731
    assert site.asked[3]["additionals"]["when"] < again["additionals"]["when"]


def test_two_runs_do_not_mix(site: Site, tmp_path: Path) -> None:
    with Pages(tmp_path / "partial"), pytest.raises(PipelineError) as caught:
        Pages(tmp_path / "partial")
    assert caught.value.code == ExitCode.BUSY


@pytest.mark.parametrize("issue", [{"no": "1"}, {"postedAt": "long ago"}, {"no": None}])
def test_comments_of_another_form_are_refused(
    site: Site, tmp_path: Path, issue: dict[str, object]
) -> None:
    site.other_form = issue
    with pytest.raises(PipelineError) as caught:
        fetch_all(site, tmp_path)
    assert caught.value.code == ExitCode.FETCH_FAILED


@pytest.mark.parametrize("code", ["NOT_FOUND", "FORBIDDEN"])
def test_a_video_without_comments_to_see_is_told(site: Site, tmp_path: Path, code: str) -> None:
    site.watch_status = (404, code)
    with pytest.raises(PipelineError, match=code) as caught:
        fetch_all(site, tmp_path)
    assert caught.value.code == ExitCode.FETCH_FAILED
