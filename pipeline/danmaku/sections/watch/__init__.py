"""The player: the video with all comments, and why the model wrote each of its own."""
