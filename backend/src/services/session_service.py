"""The caller's sessions: where one is logged in."""

from uuid import UUID

from sqlalchemy import bindparam, delete, select

from src.core.errors import NotFound
from src.core.security import Principal
from src.core.security_events import record
from src.database.statements import DatabaseSession, fetch_all, fetch_first
from src.models import Session, columns_of
from src.schemas.auth import SessionPublic

_session = columns_of(Session)
_is_owned = _session.user_id == bindparam("owner_id")
_LIST = (
    select(
        _session.id, _session.device, _session.network, _session.created_at, _session.last_used_at, _session.expires_at
    )
    .where(_is_owned)
    .order_by(_session.last_used_at.desc(), _session.id.desc())
)
_END = delete(Session).where(_is_owned, _session.id == bindparam("session_id")).returning(_session.id)
_END_OTHERS = delete(Session).where(_is_owned, _session.id != bindparam("session_id"))


class SessionService:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._session = session
        self._owner = owner

    async def list_all(self) -> list[SessionPublic]:
        """Most recently used first; there are never more than a hundred."""
        rows = await fetch_all(self._session, _LIST, owner_id=self._owner.id)
        return [SessionPublic(**row, is_current=row.id == self._owner.session_id) for row in rows]

    async def end(self, session_id: UUID) -> None:
        """Its tokens are refused from the next request on. Raises NotFound."""
        if await fetch_first(self._session, _END, owner_id=self._owner.id, session_id=session_id) is None:
            raise NotFound
        record("session ended", user=self._owner.id, session=session_id)

    async def end_current(self) -> None:
        await self.end(self._owner.session_id)

    async def end_others(self) -> None:
        await fetch_first(self._session, _END_OTHERS, owner_id=self._owner.id, session_id=self._owner.session_id)
        record("other sessions ended", user=self._owner.id, session=self._owner.session_id)
