"""Comments drawn over a video."""
