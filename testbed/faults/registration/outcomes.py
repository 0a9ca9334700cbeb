"""Products fail, or stay in progress for ever; where that is written down is lost, or is no set."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.registration.queues import ONLY, STORE, products, redis


def nothing_is_written_down(bed: Bed) -> None:
    bed.stop("harvester")
    redis(bed).run("DEL", "register-success_set")


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
    Fault(
        "registration-states-lost",
        platform="eoepca",
        breaks="Redis has lost what the registrar had written down: that no set of failures is there proves nothing",
        apply=nothing_is_written_down,
        unknowns=[("nothing-matched", f"*failure*_set in {STORE}"), ("nothing-matched", f"registering_set in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-failures-are-a-list",
        platform="eoepca",
        breaks="somebody pushes to the set of failures as if it were a queue; what fails is counted nowhere since",
        apply=lambda bed: redis(bed).run("LPUSH", "register-failure_set", "S2A_TEST_0001.SAFE"),
        expect=[("registration.key.type", f"register-failure_set in {STORE}")],
        args=ONLY,
    ),
]
