"""One Valkey for all tenants, in which nobody can name another's key."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from tenants.binding import bound_alias
from tenants.exceptions import TenancyError


def tenant_key(key: str, prefix: str, version: int) -> str:
    """Alias and version hold no colon and the prefix says its length: no two (tenant, prefix, version, key) meet."""
    return f"{bound_alias()}:{version}:{len(prefix)}:{prefix}{key}"


def platform_key(key: str, prefix: str, version: int) -> str:
    """For what the platform knows before anyone is bound: which host is whose."""
    return f"platform:{prefix}:{version}:{key}"


class Client(RedisCacheClient):
    """Django's, which keeps redis-py's client instead of making one for each call: that costs more than the answer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._kept:
            self._kept[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return self._kept[pool]


class ValkeyCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client


class TenantCache(ValkeyCache):
    """`clear()` empties the bound tenant's part and nobody else's."""

    def clear(self) -> bool:  # type: ignore[override]
        client = self._cache.get_client(write=True)  # type: ignore[attr-defined]
        names = client.scan_iter(match=f"{bound_alias()}:*", count=1000)
        for name in names:
            client.delete(name)
        return True


class PlatformCache(ValkeyCache):
    """Shared by all tenants, hence never emptied as a whole."""

    def clear(self) -> None:
        raise TenancyError("clear() would empty every tenant's cache: delete the keys you mean.")
