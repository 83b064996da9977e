"""Articles in replies."""
