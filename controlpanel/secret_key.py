"""The key that signs sessions: made once, kept beside the database."""

import os
import secrets
from pathlib import Path


def keep(path: Path) -> str:
    """The key in `path`, making it (mode 0600) when it is not there.

    Several processes may start at once: whoever links its draft first wins, and
    all read the winner's. A crash leaves at most a draft with no meaning.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
