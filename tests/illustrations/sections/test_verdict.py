"""From each figure of a collection's tags to what the page says of it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.evaluation.intervals import Interval
from pipeline.illustrations.collection_evaluation import CollectionEvaluation, TagFigures
from pipeline.illustrations.map.map_file import Agreement, Distortion
from pipeline.illustrations.sections.summary import WEB, Doubles, TagsSummary
from pipeline.illustrations.sections.verdict import findings
from pipeline.illustrations.tag_measures import (
    Calibrated,
    Decisions,
    Precision,
    SurePredictions,
    TagEvaluation,
    TagResult,
)
from pipeline.illustrations.tagger_record import TaggerRecord
from pipeline.illustrations.training_record import TagTraining, Tried
from pipeline.report.language import LANGUAGES, Phrases
from pipeline.report.page import WEB as PAGE

HIGH, LOW, WIDE = Interval(0.6, 0.5, 0.7), Interval(0.2, 0.1, 0.3), Interval(0.6, 0.1, 0.9)
FEW = Interval(0.6, None, None)


def calibrated(came: Interval = HIGH) -> Calibrated:
    return Calibrated(0.02, [], SurePredictions(40, 0.6, came))


def evaluation(**changes: Any) -> TagEvaluation:
    good = TagEvaluation(
        precision=Precision(HIGH, HIGH),
        by_group={"general": 0.6},
        baselines={"prior": Precision(LOW, LOW), "pixels": Precision(LOW, LOW)},
        decisions=Decisions(0.5, 0.5, 0.5),
        before_calibration=calibrated(),
        after_calibration=calibrated(),
        learning_curve=[],
        tags=[TagResult("cat", "general", 40, 0.9, True)],
    )
    return replace(good, **changes)


def training(weights: str = "imagenet", units: int = 90, **changes: Any) -> TagTraining:
    tried = Tried("pooled", 1.0, 0.5)
    return TagTraining(
        videos=["album"],
        fingerprints=["00ff"],
        backbone="vgg19",
        weights=weights,
        pictures=90,
        units=units,
        tried=[tried],
        chosen=tried,
        too_rare={},
        evaluation=evaluation(**changes),
    )


def here(units: int = 90, **changes: Any) -> CollectionEvaluation:
    figures = TagFigures(
        precision=Precision(HIGH, HIGH),
        prior=Precision(LOW, LOW),
        decisions=Decisions(0.5, 0.5, 0.5),
        calibrated=calibrated(),
        tags={"cat": 0.9},
    )
    return CollectionEvaluation(
        pictures=90, units=units, has_learned_from_it=False, figures=replace(figures, **changes)
    )


NOT_HERE = CollectionEvaluation(pictures=0, units=0, has_learned_from_it=False, figures=None)


def summary(
    learned: TagTraining | None, measured: CollectionEvaluation = NOT_HERE, **changes: Any
) -> TagsSummary:
    made = TagsSummary(
        collection="album",
        tagger=TaggerRecord("default", has_learned_from_it=False, training=learned),
        evaluation=measured,
        pictures=90,
        untagged=1,
        tags=7,
        doubles=Doubles(0, 0),
        distortion=Distortion(10, HIGH, [Agreement("tags", "f1", HIGH, HIGH, 0.1, 90)], 0.1),
    )
    return replace(made, **changes)


def claims(*given: Any, **changes: Any) -> list[str]:
    found = findings(summary(*given, **changes))
    return [one.claim.key.removeprefix("verdict.") for one in found]


def test_a_tagger_of_ones_own_is_judged_by_cross_validation() -> None:
    assert claims(training()) == [
        *("learned_tags_good", "probable_good", "known_good", "alike_good", "once_good")
    ]


def test_tags_by_people_of_other_pictures_count_more() -> None:
    assert claims(training(), here())[0] == "here_good"
    learned_from = replace(here(), has_learned_from_it=True)
    assert claims(training(), learned_from)[0] == "learned_tags_good"


def test_of_a_published_tagger_only_these_pictures_tell() -> None:
    assert claims(None) == ["untold_unclear", "alike_good", "once_good"]
    assert claims(None, here()) == ["here_good", "probable_good", "alike_good", "once_good"]


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"precision": Precision(WIDE, WIDE)}, "learned_tags_doubtful"),
        ({"precision": Precision(FEW, FEW)}, "learned_tags_unclear"),
        ({"baselines": {"colours": Precision(HIGH, HIGH)}}, "learned_tags_doubtful"),
        ({"units": 29}, "learned_tags_unclear"),
        ({"units": 29}, "probable_unclear"),
        ({"after_calibration": calibrated(WIDE)}, "probable_doubtful"),
        ({"after_calibration": calibrated(FEW)}, "probable_unclear"),
        ({"after_calibration": Calibrated(0.1, [], None)}, "probable_unclear"),
        ({"tags": [TagResult("cat", "general", 40, 0.9, False)]}, "known_doubtful"),
        ({"weights": "random seed 7"}, "random_doubtful"),
    ],
)
def test_every_measure_of_a_tagger_has_its_threshold(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(training(**changes))


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"precision": Precision(WIDE, WIDE)}, "here_doubtful"),
        ({"units": 29}, "here_unclear"),
    ],
)
def test_so_has_what_people_say_here(changes: dict[str, Any], claim: str) -> None:
    assert claim in claims(None, here(**changes))


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"doubles": Doubles(4, 2)}, "once_doubtful"),
        ({"distortion": Distortion(10, HIGH, [], 0.1)}, None),
        (
            {"distortion": Distortion(9, LOW, [Agreement("tags", "f1", WIDE, LOW, 0.2, 90)], 0)},
            "alike_doubtful",
        ),
        (
            {"distortion": Distortion(9, LOW, [Agreement("tags", "f1", HIGH, LOW, 0.2, 9)], 0)},
            "alike_unclear",
        ),
    ],
)
def test_so_has_the_collection(changes: dict[str, Any], claim: str | None) -> None:
    found = claims(training(), **changes)
    assert claim in found if claim else not any(one.startswith("alike") for one in found)


def test_a_video_s_pictures_are_not_said_to_be_there_twice() -> None:
    assert not any(one.startswith("once") for one in claims(training(), doubles=None))


def test_every_answer_has_words_in_both_languages() -> None:
    phrases = Phrases.load([PAGE, WEB])
    found = [
        *findings(summary(training(weights="random seed 7"), doubles=Doubles(2, 1))),
        *findings(summary(None, here())),
        *findings(summary(None)),
    ]
    for message in (message for one in found for message in (one.claim, one.figures)):
        for language in LANGUAGES:
            phrases.text(message.key, language).format(**message.values)
    names = {one.claim.key.removesuffix(f"_{one.tone}") for one in found}
    known = {key for key in Phrases.load([WEB]) if key.startswith("verdict.")}
    assert {key for key in known if not key.startswith(tuple(names))} == set()
