"""What words are compared by, and the engine that finds by them: one analysis for both databases, in Python.

``words`` takes a text apart, ``stems`` brings words that belong together to one form, ``analysis`` makes what an index
keeps and what it is asked for, ``engine`` keeps and asks, ``query`` reads what somebody typed.
"""
