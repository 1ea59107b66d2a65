"""All measurements of a model on one collection, each from a module of its own."""

from __future__ import annotations

from pipeline.captions.evaluation.better import measure_better
from pipeline.captions.evaluation.evaluation_file import Evaluation
from pipeline.captions.evaluation.likelihood import measure_likelihood
from pipeline.captions.evaluation.lines import measure_lines
from pipeline.captions.evaluation.ranking import run_ranking
from pipeline.captions.evaluation.subject import Subject
from pipeline.runtime.sample_size import is_enough


def evaluate(
    subject: Subject, collection: str, *, max_queries: int, blind_weight: float, seed: int
) -> Evaluation:
    """Measure everything that there is enough data for.

    At most ``max_queries`` are ranked, by the model with ``blind_weight``; see ``run_ranking``.
    """
    ranking, mrr_gain = run_ranking(subject, max_queries, blind_weight, seed)
    written = sum(line is not None for line in subject.lines)
    counts = {
        "likelihood": len(subject.flat),
        "ranking": ranking.all.queries,
        "lines": written,
    }
    too_little = {name: count for name, count in counts.items() if not is_enough(count)}
    return Evaluation(
        collection=collection,
        measured_on=subject.on,
        pictures=len(subject.rows),
        captions=len(subject.flat),
        too_little=too_little,
        likelihood=None if "likelihood" in too_little else measure_likelihood(subject, seed),
        ranking=ranking,
        mrr_gain=mrr_gain,
        lines={} if "lines" in too_little else measure_lines(subject, seed),
        better=measure_better(subject),
    )
