"""The outbox and the workers that empty it."""
