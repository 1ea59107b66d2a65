"""Stages that all systems share: from a source to the features of its pictures."""
