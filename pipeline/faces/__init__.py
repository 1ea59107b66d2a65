"""Faces in pictures and over the time of videos, and a personal score of them."""
