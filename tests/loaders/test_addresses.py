"""What `load` accepts as an address, and what it says of others."""

import subprocess
import sys

import pytest

from graph_schema import NotFoundError, StoreError
from loaders import bundled, check, load
from loaders.catalogue import reference_tables


def test_bundled_datasets_load_without_a_word():
    assert {"pavlodar", "pavlodar-public"} <= set(bundled())
    for name in bundled():
        assert check(name).problems == ()


def test_a_bundled_name_wins_over_a_folder_unless_it_is_written_as_a_path(sound, monkeypatch):
    sound.rename(sound.with_name("pavlodar"))
    monkeypatch.chdir(sound.parent)
    assert load("pavlodar").dataset.title != "Sound"
    assert load("./pavlodar").dataset.title == "Sound"


def test_a_relative_path_and_a_path_object(sound, monkeypatch):
    monkeypatch.chdir(sound.parent)
    assert load("sound").fingerprint == load(sound).fingerprint


def test_what_does_not_exist_names_the_nearest(sound, tmp_path):
    with pytest.raises(NotFoundError) as missing:
        load("pavlodr")
    assert "pavlodar" in missing.value.nearest
    with pytest.raises(NotFoundError) as missing:
        load(tmp_path / "soundd")
    assert missing.value.nearest == (str(sound),)


@pytest.mark.parametrize("address", ["\0", "x" * 5_000, "no/such/place", ""])
def test_odd_addresses_are_not_found(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if address:
        with pytest.raises(NotFoundError):
            load(address)
    else:
        assert check(address).errors  # the working folder, which holds no dataset


@pytest.mark.parametrize("address", ["neo4j://localhost", "bolt://x", "http://example.org/x", "s3://x"])
def test_other_stores_are_refused(address):
    with pytest.raises(StoreError):
        load(address)


def test_a_file_that_is_no_workbook(sound):
    assert [p.code for p in check(sound / "flows.csv").problems] == ["excel.format"]


def test_an_empty_folder_names_what_is_needed(tmp_path):
    assert {p.code for p in check(tmp_path).errors} == {"file.missing"}


def test_the_reference_catalogue_is_shared_but_not_exposed():
    tables = reference_tables()
    assert {"products", "processes", "process_flows", "sources"} <= set(tables)
    tables.clear()
    assert reference_tables()


def test_loading_common_units_imports_neither_pandas_nor_pint_nor_openpyxl():
    code = (
        "from api.light import without_pandas; without_pandas(); import loaders, sys; "
        "loaders.load('pavlodar'); print([m for m in ('pandas', 'pint', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pandas_still_works_after_it_was_kept_out():
    code = (
        "from api.light import without_pandas; without_pandas(); import loaders; "
        "print(type(loaders.load('pavlodar').table('products')).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "DataFrame"


def test_importing_loaders_stays_light():
    code = "import sys, loaders; print([m for m in ('pandas', 'pint', 'openpyxl', 'rapidfuzz') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
