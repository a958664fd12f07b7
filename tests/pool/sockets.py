"""Who holds which socket, as the kernel sees it."""

from pathlib import Path


def sockets_of(pid: int) -> set[str]:
    """The inodes of a process's sockets: a shared one has the same in both."""
    return {link for link in map(_link, Path(f"/proc/{pid}/fd").iterdir()) if link.startswith("socket:")}


def inode(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def children_of(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def _link(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:
        return ""
