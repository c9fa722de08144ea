"""Hostile clients against a gateway of their own: what each costs, and what honest ones notice.

Run by `ops/attack`. `aims.py` holds every bound, `attacks/` one function an attack, `access.tsv`
who may call what; `docs/testing.md` explains the table that is printed.
"""
