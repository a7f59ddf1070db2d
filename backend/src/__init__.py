"""The todo service."""

import gc

# Nearly all that is made while modules load stays, and so does what the service makes at start: to look through it
# again and again costs a seventh of loading, and half of the slowest answers' time (see also main.lifespan).
gc.set_threshold(50_000, 20, 50)
