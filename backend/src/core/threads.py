"""Threads for work that takes a processor for long."""

import os
import sys
import threading

STEP, LOWEST = 10, 19


def lower_priority() -> None:
    """Of the thread that calls: requests go before what it does."""
    if sys.platform == "linux":  # elsewhere a priority belongs to the whole process
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread)  # which only root may make smaller
        os.setpriority(os.PRIO_PROCESS, thread, min(niceness + STEP, LOWEST))
