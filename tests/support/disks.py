"""A disk of a few kilobytes, really mounted: so that it can be full, read-only, or not there."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MOUNT = 'mount -t tmpfs -o size="$2" amana-test "$1"'
HELD = f"{MOUNT} && echo mounted && exec cat"


@dataclass
class Disk:
    """`path` is where it is mounted; `inside` runs a command where the mount is to be seen."""

    path: Path
    point: Path
    inside: list[str]

    def make_read_only(self) -> None:
        self._run("mount", "-o", "remount,ro", str(self.point))

    def grow(self, size: str) -> None:
        self._run("mount", "-o", f"remount,size={size}", str(self.point))

    def unmount(self) -> None:
        """As if its machine had gone: what is left is the folder that it was mounted on."""
        self._run("umount", str(self.point))

    def _run(self, *command: str) -> None:
        run(*self.inside, *command).check_returncode()


@contextmanager
def small_disk(point: Path, size: str) -> Iterator[Disk]:
    """A tmpfs on `point`, ours to mount, or, where we may not, in a namespace of its own. Fails where neither goes."""
    point.mkdir(parents=True, exist_ok=True)
    mounted = run("sh", "-c", MOUNT, "sh", str(point), size)
    if mounted.returncode == 0:
        try:
            yield Disk(point, point, [])
        finally:
            run("umount", str(point))
        return
    with _in_a_namespace(point, size, mounted.stderr) as disk:
        yield disk


@contextmanager
def _in_a_namespace(point: Path, size: str, refusal: str) -> Iterator[Disk]:
    """Held by a process that is root in there only; it is reached through that process's own root."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        raise RuntimeError(f"No small disk can be mounted here ({refusal.strip()}), and there is no unshare.")
    command = ["unshare", "-rm", "--propagation", "private", "sh", "-c", HELD, "sh", str(point), size]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as holder:  # type: ignore[call-overload]
        if holder.stdout.readline() != "mounted\n":
            said = holder.communicate()[1]
            raise RuntimeError(f"No small disk can be mounted here: {refusal.strip()}; nor apart: {said}")
        inside = ["nsenter", f"--target={holder.pid}", "--user", "--mount", "--preserve-credentials"]
        yield Disk(Path(f"/proc/{holder.pid}/root") / point.relative_to("/"), point, inside)
        holder.stdin.close()


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
