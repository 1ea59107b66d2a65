"""Measures that know no task: ranking, bootstrap intervals, correlation and diversity."""
