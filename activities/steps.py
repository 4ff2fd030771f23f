"""What all steps of a case have in common as Temporal activities."""

from temporalio import activity

step = activity.defn(no_thread_cancel_exception=True)
"""A step that has begun ends by itself.

On cancellation (a stopping worker, a case that leaves the cache) the SDK would otherwise throw into the thread at an
arbitrary line, be it in the middle of a database driver or of the interpreter's own housekeeping. Steps are short or
have time limits of their own, and what they did is found again under their idempotency key.
"""
