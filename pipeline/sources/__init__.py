"""What the user gives: videos and comment files."""
