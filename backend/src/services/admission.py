"""How many requests of a costly kind one process takes at once. The others are told to come again."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from src.core.errors import Unavailable


class Admission:
    def __init__(self, most: int, *, most_of_user: int) -> None:
        self._most = most
        self._most_of_user = most_of_user
        self._users: Counter[UUID] = Counter()

    @contextmanager
    def admit(self, user_id: UUID) -> Iterator[None]:
        """Raises Unavailable."""
        if self._users.total() >= self._most or self._users[user_id] >= self._most_of_user:
            raise Unavailable("Too many exports or imports are running at once", retry_after=5)
        self._users[user_id] += 1
        try:
            yield
        finally:
            self._users[user_id] -= 1
            self._users += Counter()  # forgets who has none
