"""Benchmarks of the site as production runs it: ``make bench`` prints the tables.

Loopback only, bounded in count and time. Nothing of it is imported by the site, and it is in no wheel.
"""
