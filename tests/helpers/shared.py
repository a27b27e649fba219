"""What the tests of one session make once and share, whichever process asks first."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_NAME = "COMMERCE_TESTS_SHARED"
#: One folder a session: the processes of pytest-xdist inherit the variable.
IS_MINE = _NAME not in os.environ
SHARED = Path(os.environ.setdefault(_NAME, "") or tempfile.mkdtemp(prefix="tests_"))
os.environ[_NAME] = str(SHARED)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is made by the first who asks; the others wait for it.

    Parameters
    ----------
    name
        Its name.
    make
        Fills it; it is given an empty folder, which is renamed when all went well.
    """
    folder, draft = SHARED / name, SHARED / f"{name}.draft" / name
    with (SHARED / f"{name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            make(draft)
            draft.rename(folder)
    return folder
