"""The priorities, which are the same for everybody and read-only."""

from sqlmodel import col, select

from src.database.statements import DatabaseSession
from src.models import Priority
from src.schemas.priority import PriorityPublic


class PriorityService:
    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    async def list_all(self) -> list[PriorityPublic]:
        """Lowest first."""
        rows = await self._session.exec(select(Priority).order_by(col(Priority.level)))
        return [PriorityPublic(id=row.id, name=row.name, level=row.level, color=row.color) for row in rows]
