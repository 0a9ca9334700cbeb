"""Products fail, or stay in progress for ever."""

from testbed.fault import Fault
from testbed.faults.registration.queues import ONLY, STORE, products, redis

FAULTS = [
    Fault(
        "registration-products-failed",
        platform="eoepca",
        breaks="two products could not be registered",
        apply=lambda bed: redis(bed).run("SADD", "register-failure_set", "S2A_TEST_0001.SAFE", "S2A_TEST_0002.SAFE"),
        expect=[("registration.failures.exceeded", f"register-failure_set in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-product-abandoned",
        platform="eoepca",
        breaks="the registrar was killed in the middle of a product, which nobody takes up again",
        apply=lambda bed: redis(bed).run("SADD", "registering_set", *products(1)),
        expect=[("registration.progress.stuck", f"registering_set in {STORE}")],
        args=ONLY,
    ),
]
