"""Every route of the service. They stand side by side, not nested, so that one pass finds a request's route."""

from starlette.routing import BaseRoute

from src.api.auth import auth
from src.api.health import health
from src.api.password_reset import password_reset
from src.api.portability import portability
from src.api.priorities import priorities
from src.api.problem_pages import problem_pages
from src.api.recurring_tasks import recurring_tasks
from src.api.tags import tags
from src.api.tasks import tasks, tasks_of_user
from src.api.token import token_endpoint
from src.api.users import users

routes: list[BaseRoute] = [
    route
    for router in (
        tasks,
        tasks_of_user,
        recurring_tasks,
        tags,
        auth,
        token_endpoint,
        password_reset,
        users,
        portability,
        priorities,
        health,
        problem_pages,
    )
    for route in router.routes
]
