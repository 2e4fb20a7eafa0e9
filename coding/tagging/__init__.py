"""Tagging: what the machine finds in turns of text, where, and why. No Django here."""

import os

# A worker process tags one batch at a time and several workers share a machine: left alone, the numeric libraries
# would start a thread per core in each of them and they would only wait for one another. It has to be set before
# those libraries are first imported, so here; a value set from outside is kept.
os.environ.setdefault("OMP_NUM_THREADS", "1")
