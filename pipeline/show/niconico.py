"""Viewers' comments as a Niconico comment file: users, dates, commands, XML."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from lxml import etree

from pipeline.show import sayings
from pipeline.show.chance import Purpose, generator
from pipeline.show.spec import EpisodeSpec
from pipeline.show.viewers import Saying

_THREAD = 1_500_000_000
_FIRST_AIRED = 1_491_577_200
"""2017-04-08 00:00 in Japan; there is an episode every week."""
_WEEK, _DAY = 604_800, 86_400
_COMMENTS_PER_VIEWER = 6
_ANONYMOUS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class _Viewer:
    user_id: str
    anonymous: bool
    premium: bool
    began: int
    """Unix seconds at which this viewer started the episode."""


@dataclass(frozen=True)
class Comment:
    """One line of the comment file."""

    no: int
    """From 1, in the order of ``date``."""
    date: int
    """Unix seconds."""
    mail: str
    user_id: str
    premium: bool
    anonymous: bool
    saying: Saying


def comments(spec: EpisodeSpec, sayings: list[Saying]) -> list[Comment]:
    """Each saying with a user and a date, numbered in the order of posting."""
    rng = generator(spec, Purpose.VIEWERS, 1)
    aired = _FIRST_AIRED + _WEEK * (spec.episode - 1)
    viewers = [_viewer(aired, rng) for _ in range(len(sayings) // _COMMENTS_PER_VIEWER + 1)]
    # A few viewers write a lot, and most write little.
    talkative = rng.pareto(1.5, len(viewers)) + 0.2
    writers = rng.choice(len(viewers), len(sayings), p=talkative / talkative.sum())
    pairs = [(viewers[writer], saying) for writer, saying in zip(writers, sayings, strict=True)]
    pairs.sort(key=lambda pair: (pair[0].began + pair[1].time_ms / 1000, pair[1].time_ms))
    return [
        Comment(
            no=number,
            date=viewer.began + saying.time_ms // 1000,
            mail=_mail(viewer.anonymous, rng),
            user_id=viewer.user_id,
            premium=viewer.premium,
            anonymous=viewer.anonymous,
            saying=saying,
        )
        for number, (viewer, saying) in enumerate(pairs, 1)
    ]


def to_xml(spec: EpisodeSpec, written: list[Comment]) -> bytes:
    """The comment file in the form of Niconico's old API, UTF-8."""
    thread = str(_THREAD + spec.episode)
    packet = etree.Element("packet")
    head = etree.SubElement(
        packet, "thread", resultcode="0", thread=thread, last_res=str(len(written)), revision="1"
    )
    head.tail = "\n"
    packet.text = "\n"
    for comment in written:
        chat = etree.SubElement(
            packet,
            "chat",
            thread=thread,
            no=str(comment.no),
            vpos=str(comment.saying.time_ms // 10),
            date=str(comment.date),
            mail=comment.mail,
            user_id=comment.user_id,
            premium=str(int(comment.premium)),
            anonymity=str(int(comment.anonymous)),
        )
        chat.text, chat.tail = comment.saying.text, "\n"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(packet, encoding="utf-8")


def _viewer(aired: int, rng: np.random.Generator) -> _Viewer:
    anonymous = bool(rng.random() < 0.6)
    letters = "".join(_ANONYMOUS[index] for index in rng.integers(len(_ANONYMOUS), size=27))
    return _Viewer(
        user_id=letters if anonymous else str(rng.integers(90_000_000, 99_999_999)),
        anonymous=anonymous,
        premium=bool(rng.random() < 0.4),
        began=aired + int(rng.exponential(2 * _DAY)),
    )


def _mail(anonymous: bool, rng: np.random.Generator) -> str:
    """Commands: mostly none, or 184, which posts anonymously."""
    commands = ["184"] if anonymous else []
    if rng.random() < 0.1:
        commands.append(sayings.COLORS[rng.integers(len(sayings.COLORS))])
    if rng.random() < 0.07:
        commands.append(str(rng.choice(("big", "small", "small"))))
    if rng.random() < 0.06:
        commands.append(str(rng.choice(("ue", "shita", "shita"))))
    return " ".join(commands)
