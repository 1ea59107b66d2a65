"""What any code of the project may use; it imports nothing of it."""
