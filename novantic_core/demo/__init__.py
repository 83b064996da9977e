"""Invented data to show and to measure the desk with: French small companies, their people and their troubles.

Nobody in it exists. Addresses end in ``.example`` (RFC 2606), telephone numbers are from the ranges that the French
regulator keeps for fiction, so that no mail and no call can reach anybody.
"""
