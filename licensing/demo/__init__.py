"""A believable world to look at, and one month's cycle through it.

Every name is invented. The world is the same on every machine: fixed seed, fixed dates; only what
must still be open today (a standing offer, an invitation) is dated from today.
"""
