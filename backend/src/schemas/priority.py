from src.domain.priorities import PriorityName
from src.schemas.base import Output

__all__ = ["PriorityList", "PriorityName", "PriorityPublic"]


class PriorityPublic(Output):
    id: int
    name: str
    level: int
    color: str


class PriorityList(Output):
    items: list[PriorityPublic]
    next_cursor: None = None
