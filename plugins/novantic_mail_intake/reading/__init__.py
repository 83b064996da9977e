"""A mail's bytes as plain values."""
