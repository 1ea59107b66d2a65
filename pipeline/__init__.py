"""Yajiuma: learns the comments that viewers leave on a video and writes its own."""
