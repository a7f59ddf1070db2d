"""If-Match: a change is made only to the version that the client has seen (RFC 9110, 13.1.1)."""

from dataclasses import dataclass

from src.core.errors import PreconditionFailed


@dataclass(frozen=True, slots=True)
class Precondition:
    """``versions`` of which one must be the stored one; None where any will do."""

    versions: frozenset[int] | None = None

    def admits(self, version: int) -> bool:
        return self.versions is None or version in self.versions

    def check(self, version: int) -> None:
        """Raises PreconditionFailed."""
        if not self.admits(version):
            raise PreconditionFailed
