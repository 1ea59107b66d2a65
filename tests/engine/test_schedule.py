"""How long jobs take side by side."""

from pipeline.engine.schedule import Waiting, seconds_until_done

ALL = 512
"""Cores that a job asks for which keeps the whole machine busy."""


def test_without_jobs_nothing_is_left() -> None:
    assert seconds_until_done({}, 2) == 0


def test_a_chain_takes_the_sum() -> None:
    jobs = {"a": Waiting(3, 1, []), "b": Waiting(4, 1, ["a"]), "c": Waiting(5, 1, ["b"])}
    assert seconds_until_done(jobs, 8) == 12


def test_jobs_of_one_core_share_the_machine() -> None:
    jobs = {number: Waiting(3, 1, []) for number in range(5)}
    assert seconds_until_done(jobs, 1) == 15
    assert seconds_until_done(jobs, 2) == 9
    assert seconds_until_done(jobs, 8) == 3


def test_a_job_for_the_whole_machine_runs_alone() -> None:
    jobs = {"a": Waiting(3, ALL, []), "b": Waiting(4, ALL, []), "c": Waiting(1, 1, [])}
    assert seconds_until_done(jobs, 4) == 8


def test_what_has_ended_holds_up_nothing() -> None:
    assert seconds_until_done({"b": Waiting(4, 1, ["ended before"])}, 1) == 4


def test_a_job_waits_for_all_that_it_needs() -> None:
    jobs = {"a": Waiting(1, 1, []), "b": Waiting(6, 1, []), "c": Waiting(2, 1, ["a", "b", "a"])}
    assert seconds_until_done(jobs, 2) == 8
