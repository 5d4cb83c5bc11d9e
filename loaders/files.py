"""Saving: the one way in which a file or folder of this project comes to its place.

A file is written to a temporary sibling, flushed to the disk and renamed over the old one, so that at any
moment there is the old or the new one, whole; a link to the old one is kept until the folder is flushed
too. A folder cannot be renamed over another one, so:

1. `.name.<pid>.new` is filled and flushed; what is not ours in the old folder is copied along;
2. the old folder `name` is renamed to `.name.old`;
3. `.name.<pid>.new` is renamed to `name`;
4. `.name.old` is removed.

A process killed between 2 and 3 leaves only `.name.old`: `recover`, called before every load and save,
renames it back. Killed elsewhere it leaves stale siblings, which the next save sweeps away. Writers of the
same parent folder wait for each other by a lock on that folder, which dies with its process.
"""

import contextlib
import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from graph_schema import TABLES, StoreError

if sys.platform != "win32":
    import fcntl

PATIENCE = 10.0
"""Seconds to wait for another writer."""

_REASONS = {
    errno.ENOSPC: "there is no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than allowed",
    errno.EIO: "the disk reports an error",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
}
_OURS = (".csv", ".parquet")


def save_file(target: Path, write: Callable[[Path], None]) -> None:
    """Have `write` make a file and put it at `target`.

    Raises
    ------
    StoreError
        If anything fails; what was at `target` is then still there.
    """
    target = _resolved(target)
    if target.is_dir():
        raise StoreError(f"{target} is a folder; choose the name of a file.")
    with _saving(target):
        temporary, aside = _temporary(target), _aside(target)
        try:
            write(temporary)
            _flush(temporary)
            if target.exists():
                with contextlib.suppress(OSError):  # not every file system has links
                    os.link(target, aside)
            temporary.replace(target)
            _flush(target.parent)
        except BaseException:
            if aside.exists():
                aside.replace(target)
            raise
        finally:
            _remove(temporary)
            _remove(aside)


def save_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Have `write` fill an empty folder and put it at `target`, which may be a dataset's folder.

    Raises
    ------
    StoreError
        If `target` holds something else than a dataset, or if anything fails; what was at `target` is
        then still there.
    """
    target = _resolved(target)
    with _saving(target):
        _replaceable(target)
        temporary, aside = _temporary(target), _aside(target)
        try:
            temporary.mkdir()
            write(temporary)
            _carry_over(target, temporary)
            for path in sorted(temporary.rglob("*")):
                _flush(path)
            _flush(temporary)
            if target.exists():
                target.rename(aside)
            temporary.rename(target)
            _flush(target.parent)
        except BaseException:
            if aside.exists() and target.exists():
                target.rename(temporary)
            _restore(target, aside)
            raise
        finally:
            _remove(temporary)
        _remove(aside)


def recover(target: Path) -> None:
    """Put the old folder back if a save was killed between its two renames."""
    if not target.name or os.path.lexists(target):
        return
    with contextlib.suppress(OSError):
        target = target.resolve()
        if _aside(target).exists():
            with lock(target.parent):
                _restore(target, _aside(target))


def _resolved(target: Path) -> Path:
    try:
        resolved = target.expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{target} cannot be saved: {error}") from error
    if not resolved.name:
        raise StoreError(f"{target} is no place for a dataset.")
    return resolved


@contextlib.contextmanager
def _saving(target: Path) -> Iterator[None]:
    """Hold the lock, tidy up after killed saves, and word what the system reports."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock(target.parent):
            _restore(target, _aside(target))
            for stale in target.parent.glob(f".{_escaped(target.name)}.*.new"):
                _remove(stale)
            _remove(_aside(target))
            yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise StoreError(f"{target} was not saved: {reason}. What was there before is unchanged.") from error


@contextlib.contextmanager
def lock(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Keep writers of `folder` away, and other readers too unless `shared`."""
    if sys.platform == "win32":  # which has no such lock on a folder
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OSError(errno.EAGAIN, "another process is saving there") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.new")


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _restore(target: Path, aside: Path) -> None:
    if aside.exists() and not os.path.lexists(target):
        aside.rename(target)


def _flush(path: Path) -> None:
    """Wait until the disk has what was written to a file or folder."""
    if path.is_symlink() or (os.name == "nt" and path.is_dir()):
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    """Remove a temporary file or folder; one that stays is swept by the next save."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Say whether saving writes, and so replaces, a file of this name."""
    table = path.stem.casefold() in TABLES and path.suffix.casefold() in _OURS
    return table or path.name.casefold() == "dataset.toml"


def _replaceable(target: Path) -> None:
    """Refuse to replace what is no dataset."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise StoreError(f"{target} is a file; choose another name, or one that ends in .xlsx.")
    entries = list(target.iterdir())
    if entries and not any(map(_is_ours, entries)):
        raise StoreError(f"{target} holds files but no dataset; choose a new or empty folder.")


def _carry_over(old: Path, new: Path) -> None:
    """Copy what is not ours: notes, guides, whatever people keep beside their tables."""
    if not old.is_dir():
        return
    for path in old.iterdir():
        if not _is_ours(path):
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, new / path.name, symlinks=True)
            else:
                shutil.copy2(path, new / path.name, follow_symlinks=False)
