"""The driver as a user starts it, with Niconico at another address: ``ADDRESS VERB …``."""

import sys
import time

from yt_dlp import YoutubeDL
from yt_dlp.extractor.niconico import NiconicoBaseIE

import pipeline.fetching.fetch
from pipeline.fetching.niconico import CommentServer
from pipeline.fetching.web import Web


def redirections(address: str) -> list[tuple[object, str, object]]:
    """Attributes to set, as object, name and value; a second of waiting takes a twentieth."""

    def quick(dl: YoutubeDL) -> Web:
        return Web(dl, lambda seconds: time.sleep(seconds / 20))

    def here(web: Web, video: str) -> CommentServer:
        return CommentServer(web, video, address, address)

    places = ("_BASE_URL", "_API_BASE", "_LOGIN_BASE")
    return [
        *((NiconicoBaseIE, place, address) for place in places),
        (pipeline.fetching.fetch, "Web", quick),
        (pipeline.fetching.fetch, "CommentServer", here),
    ]


if __name__ == "__main__":
    for redirection in redirections(sys.argv.pop(1)):
        setattr(*redirection)
    from pipeline.__main__ import main

    sys.exit(main())
