"""Pages: HTTP in, services called, templates drawn."""
