from functools import cache, lru_cache


# ruleid: python-unbounded-cache
@cache
def price(sku):
    return load(sku)


# ruleid: python-unbounded-cache
@lru_cache(maxsize=None)
def rate(currency, day):
    return load(currency, day)


# ok: python-unbounded-cache
@cache
def settings():
    return load("settings")


# ok: python-unbounded-cache
@lru_cache(maxsize=1024)
def bounded(sku):
    return load(sku)
