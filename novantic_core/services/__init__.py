"""What the desk does, one verb a file. No HTTP in here: arguments in, values out, the caller's transaction."""
