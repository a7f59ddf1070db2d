"""Work that takes long stands back, whatever the priority of the process is."""

import subprocess
import sys

import pytest

LOWERED = """
import os, sys, threading
from src.core.threads import lower_priority

def work():
    lower_priority()
    print(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

os.nice(int(sys.argv[1]))
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a priority belongs to the whole process")
@pytest.mark.parametrize("niceness", [0, 12, 19])
def test_its_thread_is_given_a_lower_priority_and_never_a_higher_one(niceness: int) -> None:
    """An ordinary user may not even ask for a higher one, and would be answered with an error."""
    command = [sys.executable, "-c", LOWERED, str(niceness)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lowered, process = map(int, done.stdout.split())
    assert lowered > process or lowered == process == 19
