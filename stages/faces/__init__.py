"""Stages that find faces."""
