"""Stages that learn the comments on one video and write comments on another."""
