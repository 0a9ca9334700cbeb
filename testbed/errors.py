"""The one exception a user of the testbed should ever see: a single line saying what, where and what to do."""


class TestbedError(Exception):
    """Something the person at the keyboard can act on; its text is one line."""

    __test__ = False  # pytest would otherwise try to collect a class called Test…
