"""Code that a process reads once, however often its modules are loaded.

Temporal's sandbox loads the modules of the workflows anew for each case, so that each has namespaces, classes and
constants of its own. What Python compiled from their source never changes, and is almost half of what they weigh.
"""

import sys
from functools import cache
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from types import CodeType, ModuleType


class SharedCodeLoader(SourceFileLoader):
    """Loads a module as Python does, from code that all its loads have in common."""

    def get_code(self, fullname: str) -> CodeType | None:
        return _code(fullname, self.path)


@cache
def _code(fullname: str, path: str) -> CodeType | None:
    return SourceFileLoader(fullname, path).get_code(fullname)


def share_code(package: ModuleType) -> None:
    """From now on the modules of this package share their code; those that are loaded already stay as they are."""
    for folder in package.__path__:
        sys.path_importer_cache[folder] = FileFinder(folder, (SharedCodeLoader, SOURCE_SUFFIXES))
