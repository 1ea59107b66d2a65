"""What the danmaku system puts on the page about an annotated video: four sections."""
