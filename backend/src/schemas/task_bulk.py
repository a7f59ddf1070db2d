"""Many changes of tasks in one request."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, ValidationError, WrapValidator
from pydantic_core import InitErrorDetails, PydanticCustomError

from src.schemas.base import Id, Input, Output
from src.schemas.problem import ProblemField
from src.schemas.task import TaskComplete, TaskCreate, TaskPublic, TaskUpdate

MAXIMUM_OPERATIONS = 500
_UNKNOWN_OPERATION = "must be create, update, complete, delete or restore"

IfVersion = Annotated[StrictInt, Field(ge=1, lt=2**31)]


class TaskRemoval(Input):
    permanent: StrictBool = Field(default=False, description="remove it for good instead of moving it to the trash")


class CreateOperation(Input):
    """As `POST /tasks`. An id of your own stands in `data`."""

    op: Literal["create"]
    data: TaskCreate


class OnTask(Input):
    id: Id = Field(description="of a task, which may be made earlier in the same batch")
    if_version: IfVersion | None = Field(
        default=None, description="as If-Match: the operation fails (412) unless the task has this version by then"
    )


class UpdateOperation(OnTask):
    """As `PATCH /tasks/{id}`."""

    op: Literal["update"]
    data: TaskUpdate


class CompleteOperation(OnTask):
    """As `PATCH /tasks/{id}/complete`, but it never toggles: without `data` the task is completed."""

    op: Literal["complete"]
    data: TaskComplete = TaskComplete(is_completed=True)


class DeleteOperation(OnTask):
    """As `DELETE /tasks/{id}`."""

    op: Literal["delete"]
    data: TaskRemoval = TaskRemoval()


class RestoreOperation(OnTask):
    """As `POST /tasks/{id}/restore`."""

    op: Literal["restore"]


def _locate_faults(value: object, validate: Callable[[object], object]) -> object:
    """Pydantic would name the kind of operation in each place, where the document has no such step."""
    try:
        return validate(value)
    except ValidationError as error:
        faults = [_located(fault) for fault in error.errors()]
        raise ValidationError.from_exception_data(error.title, faults) from None


def _located(fault: Any) -> InitErrorDetails:
    place, code, message = fault["loc"][1:], fault["type"], fault["msg"]
    if code.startswith("union_tag"):
        place, code, message = ("op",), "unknown_operation", _UNKNOWN_OPERATION
    return InitErrorDetails(type=PydanticCustomError(code, "{message}", {"message": message}), loc=place, input=None)


TaskOperation = CreateOperation | UpdateOperation | CompleteOperation | DeleteOperation | RestoreOperation
_Operation = Annotated[TaskOperation, Field(discriminator="op"), WrapValidator(_locate_faults)]


class TaskBulk(Input):
    """Operations are applied in their order, so that a later one finds what an earlier one did.

    Recurring tasks go by what all of them come to: one completed and reopened again is followed by no other.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "operations": [
                        {"op": "create", "data": {"id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10", "title": "Call Ana"}},
                        {
                            "op": "update",
                            "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f10",
                            "if_version": 1,
                            "data": {"priority": "high"},
                        },
                        {"op": "complete", "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f11"},
                        {
                            "op": "complete",
                            "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f12",
                            "data": {"is_completed": False},
                        },
                    ]
                },
                {
                    "operations": [
                        {"op": "delete", "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f13"},
                        {
                            "op": "delete",
                            "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f14",
                            "data": {"permanent": True},
                        },
                        {"op": "restore", "id": "019ab7d0-6f3c-7cc1-9a53-0b7e3c1f9f15"},
                    ],
                    "partial": True,
                },
            ]
        }
    )

    operations: Annotated[tuple[_Operation, ...], Field(max_length=MAXIMUM_OPERATIONS)]
    partial: StrictBool = Field(
        default=False,
        description="keep what succeeds where something fails; otherwise one failure leaves everything as it was",
    )


class BulkError(Output):
    """Why an operation failed: as in a problem document. The pointers are into the body of the request."""

    code: str
    title: str
    detail: str
    errors: list[ProblemField]


class BulkResult(Output):
    index: int = Field(description="of the operation in the request")
    op: Literal["create", "update", "complete", "delete", "restore"]
    status: int = Field(
        description="as the operation's own route would answer: 200, 201 or 204; 404, 409, 412 or 422 with an `error`"
    )
    task: TaskPublic | None = Field(
        default=None, description="the task right after the operation; left out after a delete or a failure"
    )
    error: BulkError | None = Field(default=None, description="only of a failure")


class BulkResults(Output):
    results: list[BulkResult] = Field(description="one for each operation, in their order")
