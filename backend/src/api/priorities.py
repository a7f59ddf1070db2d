"""The four priorities."""

from src.api.deps import PriorityServiceDep
from src.api.routing import problems, router
from src.core.errors import Unauthorized
from src.schemas.priority import PriorityList

priorities = router("/priorities", tags=["priorities"], responses=problems(Unauthorized))


@priorities.get("", response_model=PriorityList)
async def list_priorities(service: PriorityServiceDep) -> PriorityList:
    """The priorities, lowest first. They are the same for everybody."""
    return PriorityList(items=await service.list_all())
