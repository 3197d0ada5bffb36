"""`moyai run`: start everything, watch it, stop everything."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from moyai.web.database import prepare, server
from moyai.web.home import SOURCE, home
from moyai.web.postgres import Embedded

PR_SET_PDEATHSIG = 1
ANY = ("127.0.0.1", "0.0.0.0")  # noqa: S104  (compared, not bound)
RESTORING = "restore.part"  # in the data folder while, and only while, a restore is not finished
_held: list[object] = []  # the lock file, open as long as we live


def die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process we keep alive: web or worker."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    failures: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  (no threads yet in this process)
        )
        (home() / "run" / f"{self.name}.pid").write_text(str(self.process.pid))

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Stop(SystemExit):
    """TERM or Ctrl-C."""


def _on_signal(number: int, _frame: object) -> None:
    raise Stop(0)


def run() -> int:
    """Start the database (unless MOYAI_DATABASE_URL names one), migrate, load the demo, serve."""
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    folder = home()
    (folder / "log").mkdir(exist_ok=True)
    port = _port()
    host = os.environ.get("MOYAI_HOST", "127.0.0.1")
    only_one(folder)
    if (folder / RESTORING).exists():
        raise SystemExit("復元が途中で止まっています。moyai restore をもう一度実行してください。")
    _stop_left_over(folder)
    _port_free(host, port)
    postgres: subprocess.Popen[bytes] | None = None
    embedded = None if os.environ.get("MOYAI_DATABASE_URL") else Embedded(folder)
    children: list[Child] = []
    try:
        if embedded:
            print("データベースを起動しています…", flush=True)
            postgres = embedded.start()
        prepare(server())
        print("データベースを新しい版に合わせています…", flush=True)
        for step in (["-m", "moyai.web.owner"], ["-m", "moyai.web.cli", "demo"]):
            if step[-1] == "demo" and os.environ.get("MOYAI_DEMO", "1") in {"0", "false", "no", "off"}:
                continue
            extra = {"MOYAI_AS_OWNER": "1"} if step[-1].endswith("owner") else {}
            subprocess.run([sys.executable, *step], check=True, env=os.environ | extra, cwd=SOURCE)
        children = [Child("web", _web_command(host, port)), Child("worker", _worker_command())]
        for child in children:
            child.start()
        _wait_for_web(host, port, children[0])
        _greet(host, port)
        while True:
            time.sleep(0.5)
            if embedded and postgres is not None and postgres.poll() is not None:
                print("データベースが止まりました。起動し直します。", flush=True)
                postgres = embedded.start()
            for child in children:
                if child.ended():
                    _again(child)
    except Stop:
        print("止めています…", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(children)
        if postgres is not None:
            Embedded.stop(postgres)


def _web_command(host: str, port: int) -> list[str]:
    workers = os.environ.get("MOYAI_WEB_PROCESSES", "2")
    threads = os.environ.get("MOYAI_WEB_THREADS", "4")
    return [
        *(sys.executable, "-m", "gunicorn", "moyai.web.wsgi:application"),
        *("--chdir", str(SOURCE), "--bind", f"{host}:{port}"),
        *("--workers", workers, "--threads", threads, "--worker-class", "gthread"),
        *("--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "5"),
        *("--preload", "--logger-class", "moyai.web.logs.GunicornLogger", "--backlog", "1024"),
        *("--worker-tmp-dir", _beats()),
        "--no-control-socket",
    ]


def _beats() -> str:
    """Where web processes show they are alive: in memory where there is some, so that a busy disk kills none."""
    memory = Path("/dev/shm")  # noqa: S108
    return str(memory if os.access(memory, os.W_OK) else home() / "run")


def _worker_command() -> list[str]:
    return [sys.executable, "-m", "moyai.web.cli", "worker"]


def _again(child: Child) -> None:
    """Start a child that ended; after five ends within a minute wait longer, so as not to spin."""
    now = time.monotonic()
    child.failures = [moment for moment in child.failures if now - moment < 60] + [now]
    if len(child.failures) > 5:
        if len(child.failures) == 6:
            print(f"{child.name} が続けて止まりました。記録を確かめてください。", flush=True)
        time.sleep(5)
    print(f"{child.name} が止まりました。起動し直します。", flush=True)
    child.start()


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + 25
    for process in running:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for child in children:
        (home() / "run" / f"{child.name}.pid").unlink(missing_ok=True)


def _ours(pid: int, mark: str) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        if mark in " ".join(process.cmdline()):
            return process
    except psutil.Error:
        pass
    return None


def only_one(folder: Path) -> None:
    """One `moyai run` or `restore` per data folder: the lock goes with the process, however it ends."""
    (folder / "run").mkdir(exist_ok=True)
    lock = (folder / "run" / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(
            f"もう起動しています（{folder}）。別に起動するにはMOYAI_HOMEを変えてください。"
        ) from None
    _held.append(lock)


def _stop_left_over(folder: Path) -> None:
    """Web and worker of a start whose parent was killed."""
    for name, mark in (("web", "gunicorn"), ("worker", "moyai.web.cli")):
        path = folder / "run" / f"{name}.pid"
        if not path.exists():
            continue
        process = _ours(int(path.read_text() or 0), mark)
        if process is not None:
            group = [process, *process.children(recursive=True)]
            for one in group:
                one.terminate()
            _gone, alive = psutil.wait_procs(group, timeout=10)
            for one in alive:
                one.kill()
        path.unlink(missing_ok=True)


def _port() -> int:
    text = os.environ.get("MOYAI_PORT", "8000")
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise SystemExit("MOYAI_PORTは1から65535までの番号で指定してください。")
    return int(text)


def _port_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SystemExit(
                f"ポート{port}は使われています。MOYAI_PORTで別の番号を指定してください。"
            ) from None


def _wait_for_web(host: str, port: int, web: Child) -> None:
    for _ in range(600):
        if web.ended():
            raise SystemExit("Webを起動できませんでした。上の記録を確かめてください。")
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("Webが応答しません。")


def _greet(host: str, port: int) -> None:
    at = f"http://{'localhost' if host in ANY else host}:{port}"
    subprocess.run([sys.executable, "-m", "moyai.web.greeting", at], check=False)
