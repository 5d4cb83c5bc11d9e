"""A small sound dataset to break in one place at a time."""

import pytest

from tests.loaders.sound_dataset import SOUND, write


@pytest.fixture
def sound(tmp_path):
    """The sound dataset in a folder of its own."""
    return write(tmp_path / "sound", dict(SOUND))


@pytest.fixture
def broken(tmp_path):
    """Return a function that writes the sound dataset with some files replaced (None: left out)."""

    def make(**changes):
        files = {**SOUND, **{name.replace("__", "."): content for name, content in changes.items()}}
        return write(tmp_path / "broken", {name: text for name, text in files.items() if text is not None})

    return make
