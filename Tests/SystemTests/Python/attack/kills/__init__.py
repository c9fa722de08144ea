"""SIGKILL at random moments: to the gateway, to its PostgreSQL, to both.

Banks keep paying. Whoever was killed is started again at once, and then everything that was
acknowledged must be on record, once, as it was told.
"""
