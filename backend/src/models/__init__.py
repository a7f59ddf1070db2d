"""The tables. Importing this package registers all of them with ``SQLModel.metadata``."""

from src.models.attempt_limit import AttemptLimit
from src.models.base import columns_of, new_id
from src.models.external_identity import ExternalIdentity
from src.models.password_reset_token import PasswordResetToken
from src.models.priority import Priority
from src.models.recurring_task import RecurringTask, RecurringTaskTag, TaskInstance
from src.models.session import Session
from src.models.tag import Tag, TaskTag
from src.models.task import Task
from src.models.task_search import TaskSearch
from src.models.user import User

__all__ = [
    "AttemptLimit",
    "ExternalIdentity",
    "PasswordResetToken",
    "Priority",
    "RecurringTask",
    "RecurringTaskTag",
    "Session",
    "Tag",
    "Task",
    "TaskInstance",
    "TaskSearch",
    "TaskTag",
    "User",
    "columns_of",
    "new_id",
]
