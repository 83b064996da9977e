"""Articles made of tickets."""
