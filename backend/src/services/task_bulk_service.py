"""Many changes of a user's tasks in one transaction."""

from collections.abc import Mapping
from uuid import UUID

from src.core.errors import AppError, Conflict, FieldError, NotFound, PreconditionFailed
from src.core.security import Principal
from src.database.statements import DatabaseSession
from src.schemas.encoding import build, changed
from src.schemas.problem import ProblemField
from src.schemas.task_bulk import BulkError, BulkResult, BulkResults, TaskBulk, TaskOperation
from src.services.retried_creates import IdInUse
from src.services.task_batch import Done, TaskBatch
from src.services.task_bulk_rows import TaskBatchRows

ERRORS_SHOWN = 50
_PLACES: dict[type[AppError], str] = {NotFound: "/id", PreconditionFailed: "/if_version", IdInUse: "/data/id"}


class BulkFailed(Conflict):
    """Some operations of a batch failed, so none was done. ``errors`` names each, by its place in the request.

    Their codes are those of the errors that the tasks' own routes give. With ``partial`` the other operations are done
    all the same.
    """

    code = "bulk_failed"
    title = "Nothing was changed, because some operations failed"


class TaskBulkService:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._rows = TaskBatchRows(session, owner)

    async def run(self, bulk: TaskBulk) -> BulkResults:
        """Raises BulkFailed where an operation fails, unless the rest is wanted all the same."""
        batch = await self._rows.load(bulk.operations)
        outcomes = [_outcome(batch, operation) for operation in bulk.operations]
        if not bulk.partial:
            _refuse_failures(outcomes)
        positions = await self._rows.write(batch)
        numbered = enumerate(zip(bulk.operations, (_placed(each, positions) for each in outcomes), strict=True))
        return build(BulkResults, [_result(index, operation, outcome) for index, (operation, outcome) in numbered])


def _outcome(batch: TaskBatch, operation: TaskOperation) -> Done | AppError:
    try:
        return batch.apply(operation)
    except AppError as error:
        return error


def _refuse_failures(outcomes: list[Done | AppError]) -> None:
    failures = [(index, outcome) for index, outcome in enumerate(outcomes) if isinstance(outcome, AppError)]
    if failures:
        faults = [fault for index, error in failures for fault in _faults(index, error)]
        raise BulkFailed(f"{len(failures)} of {len(outcomes)} operations failed", errors=tuple(faults[:ERRORS_SHOWN]))


def _result(index: int, operation: TaskOperation, outcome: Done | AppError) -> BulkResult:
    if isinstance(outcome, AppError):
        return build(BulkResult, index, operation.op, outcome.status, error=_shown(index, outcome))
    shown = {} if outcome.task is None else {"task": outcome.task}
    return build(BulkResult, index, operation.op, outcome.status, **shown)


def _placed(outcome: Done | AppError, positions: Mapping[UUID, str]) -> Done | AppError:
    """With the position that the task was given last."""
    task = None if isinstance(outcome, AppError) else outcome.task
    if task is None or task.id not in positions:
        return outcome
    return Done(outcome.status, changed(task, position=positions[task.id]))


def _faults(index: int, error: AppError) -> list[FieldError]:
    """Where in the body of the request, and what."""
    place = f"/operations/{index}"
    if error.errors:
        return [FieldError(f"{place}/data{fault.pointer}", fault.code, fault.message) for fault in error.errors]
    return [FieldError(place + _PLACES.get(type(error), ""), error.code, error.title)]


def _shown(index: int, error: AppError) -> BulkError:
    fields = [build(ProblemField, fault.pointer, fault.code, fault.message) for fault in _faults(index, error)]
    return build(BulkError, error.code, error.title, error.detail, fields)
