"""The page that compares several models on one video."""
