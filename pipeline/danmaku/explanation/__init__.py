"""Why a model wrote what it wrote, comment by comment."""
