"""Whatever strangers write, the page shows it and nothing of it runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Request, expect

from pipeline.danmaku.sections.watch.content import TrainingPicture
from pipeline.lettering.glyphs import clean_text
from pipeline.report.page import json_element
from tests.danmaku.sections import made_up
from tests.report.browser import DESKTOP, Visits

_HOSTILE = [
    "</script><script>window.ran = 1; alert(1)</script>",
    '<img src="x" onerror="window.ran = 1">',
    '"><svg/onload=window.ran=1>',
    "javascript:window.ran=1",
    "<!-- <script> ]]> -->",
    "{{7*7}} {% raw %} ${7*7} {n} {time}",
    "__proto__",
    "constructor",
    "a\u2028b\u2029c",
    "\u202egnp.exe\u2066 rtl",
    "שלום مرحبا",
    "&lt;b&gt; &amp; \\u003c",
    "👩‍👩‍👧‍👦 Z̸̛̦a͓l̷g̨o",
    clean_text("a\ud800b\x00\x1b[31m"),
    "'; DROP TABLE comments; --",
]
_LONG = "長い" * 5_000


@pytest.fixture
def hostile(written: Callable[..., Path], video: Path) -> Path:
    pictures = [TrainingPicture("learned/0.jpg", text, 1.0, _HOSTILE) for text in _HOSTILE]
    comments = [
        made_up.comment(
            "generated" if n % 2 else "viewer",
            0.3 * n,
            text,
            explanation=(
                made_up.explanation(0.3 * n, [text, *_HOSTILE], 16 * n, near=[(n % 15, 0.5)])
                if n % 2
                else None
            ),
        )
        for n, text in enumerate([*_HOSTILE, _LONG])
    ]
    return written(made_up.player(comments, training_pictures=pictures), video)


def test_hostile_texts_are_shown_literally(visits: Visits, hostile: Path) -> None:
    visit = visits(hostile, **DESKTOP)
    page = visit.page
    visit.press("v")
    texts = [*_HOSTILE, _LONG]
    page.locator("#scroller").evaluate("s => { s.style.height = '2000px' }")
    shown = page.locator("#rows bdi").evaluate_all("all => all.map((one) => one.textContent)")
    assert shown == [" ".join(text.split()) for text in _HOSTILE] + [_LONG[:160] + "…"]
    elements = "document.querySelectorAll('script, img, svg').length"
    before = page.evaluate(elements)
    for n in range(1, len(texts), 2):
        page.evaluate("n => { location.hash = `#c${n}` }", n)
        heading = page.locator("#explained-text")
        page.wait_for_function(
            "([h, t]) => h.textContent === t", arg=[heading.element_handle(), texts[n]]
        )
        words = page.locator("#word-buttons bdi").evaluate_all(
            "all => all.map((o) => o.textContent)"
        )
        assert words[1:-1] == [text[:40] + ("…" if text[40:] else "") for text in _HOSTILE]
        caption = page.locator("#near figcaption").inner_text()
        assert _HOSTILE[n % 15].split("\u2028")[0] in caption
    assert page.evaluate(elements) - before == 1, "the one picture that was learned from"
    visit.press("Escape")
    for time in range(6):  # every text is drawn once
        visit.seek(time)
    visit.press("k")
    visit.until("() => document.getElementById('video').currentTime > 5.1")
    visit.press("k")
    page.locator("#filter").fill("<script>")
    expect(page.locator("#count")).to_have_text("2 of 16")
    page.locator("[data-language=ja]").click()
    expect(page.locator("#count")).to_have_text("16件中2件")
    assert page.evaluate("window.ran") is None


def test_the_policy_stops_what_was_smuggled_in(chromium: Browser, report: Path) -> None:
    page = chromium.new_page()
    text = (report / "report.html").read_text("utf-8")
    smuggled = (
        '<script>window.ran = "a script"</script><img src="x" onerror="window.ran = 1">'
        '<script src="http://127.0.0.1:9/x.js"></script><iframe src="http://127.0.0.1:9/"></iframe>'
        '<p style="position: fixed" id="styled">x</p></main>'
    )
    target = report / "smuggled.html"
    target.write_text(text.replace("</main>", smuggled), "utf-8")
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    page.goto(target.as_uri())
    expect(page.locator("#generated")).to_have_text("Model")
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).position") == "static"
    page.wait_for_load_state()
    assert {r.failure for r in requests if r.url.startswith("http")} <= {"csp"}
    page.close()


_TEXTS = st.text() | st.sampled_from(_HOSTILE)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
)


@given(_VALUES)
def test_data_in_the_page_is_what_was_put_there(value: object) -> None:
    element = str(json_element(value))
    assert json.loads(element) == value
    assert not set("<>&\u2028\u2029") & set(element)
