"""The same routes as tutorials of FastAPI and SQLModel write them: entities, a look-up of the user in each request,
what hangs on an entity loaded with ``selectin``, ``response_model`` for the answers.

Its pool and its transport are those of our own service: a pool with SQLAlchemy's defaults would log in to PostgreSQL
anew all the time under this load.
"""

import os
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from passlib.context import CryptContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.usual_models import (
    Bulk,
    BulkResult,
    BulkResults,
    LoggedIn,
    Login,
    Priority,
    Session,
    Tag,
    Task,
    TaskCreate,
    TaskPage,
    TaskRead,
    TaskUpdate,
    User,
    now,
)
from src.core.config import load_settings
from src.core.security import Keyring

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "todo-api"
LIFETIME = timedelta(minutes=15)

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    pool_size=int(os.environ["DATABASE_POOL_SIZE"]),
    max_overflow=0,
)
secret = Keyring(load_settings()).keys_for("access-token")[0].secret
passwords = CryptContext(schemes=["bcrypt_sha256", "bcrypt"])
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login")
app = FastAPI(title="Todo API")


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def get_current_user(session: SessionDep, token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER)
    except JWTError:
        raise HTTPException(401, "Could not validate credentials") from None
    user = await session.get(User, UUID(claims["sub"]))
    if user is None or not user.is_active:
        raise HTTPException(401, "Could not validate credentials")
    return user


UserDep = Annotated[User, Depends(get_current_user)]


async def get_own_task(task_id: UUID, session: SessionDep, user: UserDep) -> Task:
    statement = select(Task).where(Task.id == task_id, Task.user_id == user.id)
    task = (await session.exec(statement)).first()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


TaskDep = Annotated[Task, Depends(get_own_task)]


@app.get("/api/v1/tasks", response_model=TaskPage)
async def list_tasks(  # noqa: PLR0913, PLR0917  # as many as there are parameters
    session: SessionDep,
    user: UserDep,
    completed: bool | None = None,
    priority: str | None = None,
    tag: str | None = None,
    q: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> dict[str, object]:
    statement = select(Task).where(Task.user_id == user.id, col(Task.deleted_at).is_(None))
    if completed is not None:
        statement = statement.where(Task.is_completed == completed)
    if priority is not None:
        statement = statement.join(Priority).where(Priority.name == priority.capitalize())
    if tag is not None:
        statement = statement.where(col(Task.tags).any(col(Tag.name) == tag))
    for word in (q or "").split():
        found = or_(col(Task.title).ilike(f"%{word}%"), col(Task.description).ilike(f"%{word}%"))
        statement = statement.where(found)
    statement = statement.order_by(col(Task.created_at).desc(), col(Task.id).desc())
    return {"items": (await session.exec(statement.offset(offset).limit(limit))).all()}


@app.post("/api/v1/tasks", response_model=TaskRead, status_code=201)
async def create_task(new: TaskCreate, session: SessionDep, user: UserDep) -> Task:
    task = await _task_of(session, user, new)
    session.add(task)
    await session.commit()
    await session.refresh(task)
    return task


async def _task_of(session: AsyncSession, user: User, new: TaskCreate) -> Task:
    values = new.model_dump(exclude={"priority"})
    if new.priority is not None:
        statement = select(Priority).where(Priority.name == new.priority.capitalize())
        values["priority_id"] = (await session.exec(statement)).one().id
    return Task(**values, user_id=user.id, title_key=new.title.lower())


@app.post("/api/v1/tasks/bulk", response_model=BulkResults)
async def change_tasks(bulk: Bulk, session: SessionDep, user: UserDep) -> BulkResults:
    tasks = [await _task_of(session, user, operation.data) for operation in bulk.operations]
    session.add_all(tasks)
    await session.commit()
    results = []
    for index, task in enumerate(tasks):
        await session.refresh(task)
        results.append(BulkResult(index=index, op="create", status=201, task=TaskRead.model_validate(task)))
    return BulkResults(results=results)


@app.get("/api/v1/tasks/{task_id}", response_model=TaskRead)
async def read_task(task: TaskDep) -> Task:
    return task


@app.patch("/api/v1/tasks/{task_id}", response_model=TaskRead)
async def update_task(changes: TaskUpdate, task: TaskDep, session: SessionDep) -> Task:
    task.sqlmodel_update(changes.model_dump(exclude_unset=True))
    task.title_key = task.title.lower()
    return await _saved(session, task)


@app.patch("/api/v1/tasks/{task_id}/complete", response_model=TaskRead)
async def complete_task(task: TaskDep, session: SessionDep) -> Task:
    task.is_completed = not task.is_completed
    task.completed_at = now() if task.is_completed else None
    return await _saved(session, task)


async def _saved(session: AsyncSession, task: Task) -> Task:
    task.version += 1
    task.updated_at = now()
    session.add(task)
    await session.commit()
    await session.refresh(task)
    return task


@app.post("/api/v1/auth/login", response_model=LoggedIn)
async def log_in(login: Login, session: SessionDep) -> LoggedIn:
    user = (await session.exec(select(User).where(User.email == login.email))).first()
    if user is None or not passwords.verify(login.password, user.password_hash):
        raise HTTPException(401, "Incorrect email or password")
    ends_at = now() + timedelta(days=30)
    device = Session(
        user_id=user.id,
        family_hash=secrets.token_bytes(32),
        token_hash=secrets.token_bytes(32),
        expires_at=ends_at,
        ends_at=ends_at,
    )
    claims = {"sub": str(user.id), "sid": str(device.id), "iss": ISSUER, "aud": AUDIENCE, "exp": now() + LIFETIME}
    session.add(device)
    await session.commit()
    return LoggedIn(access_token=jwt.encode(claims, secret, algorithm=ALGORITHM))
