"""Each request comes from an address of its own, because limits count by address."""

import itertools

import schemathesis

addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in itertools.count(1))


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers["x-forwarded-for"] = next(addresses)
