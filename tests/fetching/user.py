"""The driver as a user starts it, with Niconico at another address: ``ADDRESS VERB …``."""

import sys

from yt_dlp.extractor.niconico import NiconicoBaseIE

import pipeline.fetching.fetch
from pipeline.fetching.niconico import CommentServer
from pipeline.fetching.web import Web


def main() -> None:
    address = sys.argv.pop(1)
    NiconicoBaseIE._BASE_URL = NiconicoBaseIE._API_BASE = address

    def here(web: Web, video: str, signed_in: bool) -> CommentServer:
        return CommentServer(web, video, signed_in, address, address)

    vars(pipeline.fetching.fetch)["CommentServer"] = here
    from pipeline.__main__ import main as driver

    sys.exit(driver())


main()
