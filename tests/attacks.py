"""How often each attack is mounted: in short with `make test`, in full with `make attack`."""

import os

ROUNDS = int(os.environ.get("PEGEL_ROUNDS", "10"))  # of faults: kills, lost power, full disks
CASES = int(os.environ.get("PEGEL_CASES", "200"))  # invented towns or questions
