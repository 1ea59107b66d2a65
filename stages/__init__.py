"""The stages: a folder for each system, a file for each of its stages."""

from pipeline.engine.command_line import ShortForm


def _seconds(text: str) -> list[float]:
    from pipeline.runtime.clock import parse_clock

    return [parse_clock(time) for time in text.split(",")]


SHORT = ("pictures", "danmaku")
"""Systems whose stages go by their own names: ``make render``, not ``make danmaku-render``."""

SHORT_FORMS = {
    "format": ShortForm(
        "format",
        "what export writes: ass, vtt, csv, niconico.xml, nvcomment.json, bilibili.xml or"
        " layout.json; what overlay writes: mov or webm; what stills writes: png or gif; what"
        " captions-cards draws: png, sheet or gif; what captions-export writes: csv, jsonl,"
        " coco.json, flickr.txt or sidecars; what illustrations-export writes: csv, json,"
        " danbooru.jsonl, kohya.txt or hydrus.txt; what illustrations-timeline writes: csv, vtt,"
        " ass, chapters.vtt or chapters.ffmetadata",
    ),
    "of": ShortForm(
        "target", "what render, overlay, stills and export take: comments, generated or captions"
    ),
    "viewers": ShortForm(
        "viewers",
        "how render shows viewers' comments beside the generated ones: layers or halves",
    ),
    "at": ShortForm("at", "the times of a video that stills shows", "1:05,83.5", _seconds),
}
"""What ``make`` takes beside SET=, by the names of the options."""
