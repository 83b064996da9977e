"""Mails that reach a desk, and what becomes of them."""

import pytest
from posted import Post


@pytest.fixture
def post(novantic_app):
    """What brings mails to the desk."""
    return Post(novantic_app)
