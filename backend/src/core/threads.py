"""Threads for work that takes a processor for long."""

import os
import sys
import threading

NICENESS = 10


def lower_priority() -> None:
    """Of the thread that calls: requests go before what it does."""
    if sys.platform == "linux":  # elsewhere a priority belongs to the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
