"""A site on this machine that answers as Niconico does: watch API, HLS and comment server."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.clips import H264, ffmpeg, pictures, sound

JAPAN = timezone(timedelta(hours=9))
START = 1_335_549_600
PAGE = 300
"""Comments of a thread in one answer; the real server has about a thousand."""
SECRET = "user_session_abc123_secret"  # noqa: S105  # only this server knows it


def comment(no: int, posted: int, body: str) -> dict[str, Any]:
    return {
        "id": f"{10**18 + no}",
        "no": no,
        "vposMs": no * 10,
        "body": body,
        "commands": ["184"],
        "userId": "raw-user-id",
        "isPremium": False,
        "score": 0,
        "postedAt": datetime.fromtimestamp(posted, JAPAN).isoformat(),
        "nicoruCount": 0,
        "nicoruId": None,
        "source": "trunk",
        "isMyPost": False,
    }


def main_thread(count: int) -> list[dict[str, Any]]:
    """One a minute, with some seconds in which several are written."""
    return [comment(no, START + no // 3 * 180, f"コメント{no}") for no in range(1, count + 1)]


@dataclass
class Site:
    """What the server has, what goes wrong, and what it was asked."""

    folder: Path
    """Its static files."""
    threads: dict[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=lambda: {
            ("9", "owner"): [comment(1, START - 99_999, "うｐ主")],
            ("9", "main"): main_thread(730),
            ("9", "easy"): [],
        }
    )
    troubles: list[str] = field(default_factory=list)
    """What the next questions to the comment server meet: an error code, a time to wait for
    (as Retry-After says it), gone, cut, html, or nothing ("")."""
    watch_status: tuple[int, str] | None = None
    """A status and error code with which the watch API refuses."""
    needs_login: bool = False
    guests_see_the_past: bool = False
    includes_when: bool = True
    """Whether comments of the second ``when`` itself are among those before it."""
    other_form: dict[str, Any] = field(default_factory=dict)
    """What it says of every comment instead of what is expected."""
    delay: float = 0.0
    """Seconds before each page."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of the questions that the comment server answered."""
    calls: Counter[str] = field(default_factory=Counter)
    logins: list[dict[str, list[str]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    address: str = ""
    keys: int = 0
    guest: bool = True

    def watch(self, signed_in: bool) -> tuple[int, dict[str, Any]]:
        self.guest = not signed_in
        if self.watch_status:
            status, code = self.watch_status
            return 404, {"meta": {"status": status, "errorCode": code}, "data": {}}
        access = {
            "threadKey": f"key{self.keys}",
            "server": self.address,
            "params": {
                "targets": [{"id": name, "fork": fork} for name, fork in self.threads],
                "language": "ja-jp",
            },
        }
        formats = {
            "videos": [{"id": "video-h264-360p", "isAvailable": True, "qualityLevel": 1}],
            "audios": [
                {
                    "id": "audio-aac-128kbps",
                    "isAvailable": True,
                    "bitRate": 128_000,
                    "samplingRate": 44_100,
                    "qualityLevel": 1,
                }
            ],
            "accessRightKey": "right",
        }
        return 200, {
            "meta": {"status": 200},
            "data": {
                "comment": {"nvComment": access},
                "media": {"domand": formats},
                "client": {"watchTrackId": "track"},
                "video": {"id": "sm9", "title": "A title", "duration": 1, "count": {}},
            },
        }

    def page(self, body: dict[str, Any]) -> dict[str, Any]:
        when = body["additionals"].get("when")
        threads = []
        for target in body["params"]["targets"]:
            every = self.threads[target["id"], target["fork"]]
            if when is None:
                found = every[:: len(every) // PAGE + 1]
            else:
                found = [c for c in every if posted(c) < when + self.includes_when][-PAGE:]
            found = [c | self.other_form for c in found]
            threads.append(target | {"commentCount": len(every), "comments": found})
        count = sum(map(len, self.threads.values()))
        totals = [{"id": "9", "count": count}]
        return {"meta": {"status": 200}, "data": {"globalComments": totals, "threads": threads}}


def posted(fields: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(fields["postedAt"]).timestamp())


def cookies_file(path: Path, name: str = "user_session", value: str = SECRET) -> Path:
    """For this server, and for yt-dlp to see that there is a login."""
    rest = f"/\tFALSE\t0\t{name}\t{value}\n"
    lines = ["# Netscape HTTP Cookie File", f"127.0.0.1\tFALSE\t{rest}.nicovideo.jp\tTRUE\t{rest}"]
    path.write_text("\n".join(lines))
    return path


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            site.calls[url.path] += 1
            site.agents.add(self.headers["User-Agent"] or "")
            if url.path.startswith("/api/watch/"):
                self._watch(url.path)
            elif url.path == "/login":
                self._send(200, b"", "text/html")
            elif url.path == "/v1/comment/keys/thread":
                assert parse_qs(url.query) == {"videoId": ["sm9"]}
                site.keys += 1
                self._json(200, {"meta": {"status": 200}, "data": {"threadKey": f"key{site.keys}"}})
            elif (site.folder / url.path[1:]).is_file():
                kind = "text/html" if url.path.endswith(".html") else "video/mp4"
                self._send(200, (site.folder / url.path[1:]).read_bytes(), kind)
            else:
                self._json(404, {"meta": {"status": 404}})

        do_HEAD = do_GET  # noqa: N815

        def _watch(self, path: str) -> None:
            signed_in = f"user_session={SECRET}" in (self.headers["Cookie"] or "")
            assert ("v3_guest" in path) != signed_in
            if site.needs_login and not signed_in:
                self._json(
                    400,
                    {
                        "meta": {"status": 400, "errorCode": "FORBIDDEN"},
                        "data": {"reasonCode": "CHANNEL_MEMBER_ONLY"},
                    },
                )
                return
            self._json(*site.watch(signed_in))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            site.calls[self.path] += 1
            if self.path == "/login/redirector":
                site.logins.append(parse_qs(sent.decode()))
                told = '<p class="notice__text">Wrong address or password</p>'
                self._send(200, f'<div class="notice error">{told}</div>'.encode(), "text/html")
                return
            body = json.loads(sent)
            if self.path.startswith("/v1/watch/"):
                url = {"contentUrl": f"{site.address}/master.m3u8"}
                self._json(201, {"meta": {"status": 201}, "data": url})
                return
            threading.Event().wait(site.delay)
            trouble = site.troubles.pop(0) if site.troubles else ""
            if body["threadKey"] != f"key{site.keys}":
                trouble = "EXPIRED_TOKEN"
            if site.guest and not site.guests_see_the_past and body["additionals"]:
                trouble = "INVALID_TOKEN"
            if trouble.isupper():
                self._json(400, {"meta": {"status": 400, "errorCode": trouble}})
            elif trouble.isdigit() or trouble.endswith("GMT"):
                self._json(429, {}, {"Retry-After": trouble})
            elif trouble == "gone":
                self._json(503, {})
            elif trouble == "cut":
                content = json.dumps(site.page(body)).encode()
                self._send(200, content[: len(content) // 2], "application/json", len(content))
            elif trouble == "html":
                self._send(200, b"<html>maintenance</html>", "text/html")
            else:
                site.asked.append(body)
                self._json(200, site.page(body))

        def _json(
            self, status: int, content: object, headers: dict[str, str] | None = None
        ) -> None:
            self._send(status, json.dumps(content).encode(), "application/json", None, headers)

        def _send(
            self,
            status: int,
            content: bytes,
            kind: str,
            length: int | None = None,
            headers: dict[str, str] | None = None,
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length or len(content)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def make_stream(folder: Path) -> None:
    """HLS as Niconico's: pictures and sound apart, a master playlist."""
    hls = ("-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod")
    ffmpeg(*pictures(seconds=2), *H264, *hls, folder / "video-h264-360p.m3u8")
    ffmpeg(*sound(seconds=2), "-c:a", "aac", *hls, folder / "audio-aac-128kbps.m3u8")
    (folder / "master.m3u8").write_text(
        "#EXTM3U\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-aac-128kbps",NAME="Main",DEFAULT=YES,'
        'URI="audio-aac-128kbps.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=400000,CODECS="avc1.42C00C,mp4a.40.2",RESOLUTION=64x48,'
        'AUDIO="audio-aac-128kbps"\n'
        "video-h264-360p.m3u8\n"
    )
    (folder / "plain.mp4").write_bytes(b"")
    ffmpeg(*pictures(seconds=1), *H264, folder / "plain.mp4")
