"""One Valkey for all tenants, in which nobody can name another's key."""

from django.core.cache.backends.redis import RedisCache

from tenants.binding import bound_alias
from tenants.exceptions import TenancyError


def tenant_key(key: str, prefix: str, version: int) -> str:
    """Alias and version hold no colon and the prefix says its length: no two (tenant, prefix, version, key) meet."""
    return f"{bound_alias()}:{version}:{len(prefix)}:{prefix}{key}"


def platform_key(key: str, prefix: str, version: int) -> str:
    """For what the platform knows before anyone is bound: which host is whose."""
    return f"platform:{prefix}:{version}:{key}"


class TenantCache(RedisCache):
    """`clear()` empties the bound tenant's part and nobody else's."""

    def clear(self) -> bool:  # type: ignore[override]
        client = self._cache.get_client(write=True)  # type: ignore[attr-defined]
        names = client.scan_iter(match=f"{bound_alias()}:*", count=1000)
        for name in names:
            client.delete(name)
        return True


class PlatformCache(RedisCache):
    """Shared by all tenants, hence never emptied as a whole."""

    def clear(self) -> None:
        raise TenancyError("clear() would empty every tenant's cache: delete the keys you mean.")
