from itertools import product

import pytest
from django.core.cache import cache, caches

from tenants.binding import CATALOG, bound_to
from tenants.cache import platform_key, tenant_key
from tenants.exceptions import TenancyError
from tenants.models import Tenant

# Made of the very characters that separate the parts, so that any two ways to cut a name would show.
PIECES = ["", "1", ":", "a", "1:", ":1", "1:1", "a:1", "a:1:b", "0:", "::", "1:0:", "3:a:1", "t_x:1:0:a"]


def test_no_two_keys_meet_in_one_name(acme: Tenant, globex: Tenant) -> None:
    names = {}
    for tenant in (acme, globex, CATALOG):
        with bound_to(tenant):
            for prefix, version, key in product(PIECES, (1, 2, 11), PIECES):
                names[tenant.place.alias, prefix, version, key] = tenant_key(key, prefix, version)
    assert len({*names.values()}) == len(names)


def test_the_platforms_keys_are_nobodys(acme: Tenant) -> None:
    with bound_to(acme):
        tenants = {tenant_key(key, prefix, 1) for prefix, key in product(PIECES, PIECES)}
    assert not tenants & {platform_key(key, prefix, 1) for prefix, key in product(PIECES, PIECES)}


def test_clear_empties_its_own_part_only(acme: Tenant, globex: Tenant) -> None:
    caches["platform"].set("kept", "by the platform")
    for tenant in (acme, globex):
        with bound_to(tenant):
            cache.set("key", tenant.slug)
            cache.set("another", tenant.slug, version=7)

    with bound_to(acme):
        cache.clear()
        assert (cache.get("key"), cache.get("another", version=7)) == (None, None)

    with bound_to(globex):
        assert (cache.get("key"), cache.get("another", version=7)) == ("globex", "globex")
    assert caches["platform"].get("kept") == "by the platform"


def test_the_platforms_cache_is_never_emptied(databases: None) -> None:
    caches["platform"].set("kept", 1)
    with pytest.raises(TenancyError, match=r"clear\(\) would empty every tenant's cache"):
        caches["platform"].clear()
    assert caches["platform"].get("kept") == 1


def test_a_key_that_looks_like_a_pattern_clears_nothing_of_others(acme: Tenant, globex: Tenant) -> None:
    with bound_to(globex):
        cache.set("key", "globex")
    with bound_to(acme):
        cache.set("*", "acme")
        cache.delete("*")
        cache.delete_many(["*", "?"])
    with bound_to(globex):
        assert cache.get("key") == "globex"
