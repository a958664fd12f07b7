import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tenants.models import Tenant
from tests.pool.gunicorn import Web, gunicorn
from tests.pool.sockets import children_of, sockets_of

WORKERS = 4


def test_four_preloaded_workers_share_no_socket_and_all_answer(tmp_path: Path, quartet: list[Tenant]) -> None:
    options = ("--preload", f"--workers={WORKERS}", "--threads=2")
    told = {"PRELOAD_TENANT": quartet[0].slug}
    said = tmp_path / "gunicorn.txt"

    with gunicorn("tests.pool.preloaded:application", said, *options, environment=told) as web:
        statuses = answers_of_all(web, quartet)
        workers = children_of(web.pid)
        holders = Counter(
            socket for pid in [web.pid, *workers] for socket in sockets_of(pid) - {web.listening}
        )
        opened = {pid: len(sockets_of(pid) - {web.listening}) for pid in workers}
        parents = len(sockets_of(web.pid) - {web.listening})

    assert {*statuses.values()} == {404}
    assert {*statuses} == {str(pid) for pid in workers}, said.read_text()
    assert len(workers) == WORKERS, said.read_text()
    assert parents == 2, "the parent went on holding what it had leased"
    assert min(opened.values()) >= 2, opened
    assert [socket for socket, count in holders.items() if count > 1] == []


def answers_of_all(web: Web, tenants: list[Tenant]) -> dict[str, int]:
    """Ask until each worker has answered for each tenant."""
    answered: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()

    def ask(tenant: Tenant) -> None:
        status, headers = web.get(tenant.primary_host, "/sign-in/no-such-page/")
        answered[headers["X-Worker"]] = status
        seen.add((headers["X-Worker"], tenant.slug))

    deadline = time.monotonic() + 120
    with ThreadPoolExecutor(8) as threads:
        while len(seen) < WORKERS * len(tenants) and time.monotonic() < deadline:
            list(threads.map(ask, tenants * 2))
    return answered
