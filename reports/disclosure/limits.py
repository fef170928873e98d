"""The numbers of the rules, in one place that needs no statistics.

Rehearsal and certificate say beforehand and afterwards what the release does, so they use the
same numbers.
"""

STEP_OF_ITEMS = 20  # R2: single questions from 20 answers
LEAST, MOST = 5, 95  # R4: what percentages and scores are clipped to, from 30 answers
UNITS_JOINED = 2  # R3: a remainder that joins hidden groups comes from at least so many
LEAST_WIDTH = 25  # R3: points of 100 that a hidden group keeps
ASKED = 20  # R7: eligible people from which participation may be shown
SILENT = 3  # R7: people who did not answer, in everything that is shown or can be worked out
SOLVED_WITHIN = 60.0  # seconds of one linear programme: whatever it was to prove is not proven then
