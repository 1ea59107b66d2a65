"""What a captioner learns from the comments of videos: inputs, style, records."""
