"""Property tests of the rules are the same on every run: a failure found once is found again."""

from hypothesis import settings

settings.register_profile("domain", derandomize=True, deadline=None, max_examples=100)
