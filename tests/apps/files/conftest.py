"""Both stores for every test of files."""

import dataclasses

import pytest

from tests.apps.files.upload_house import (  # noqa: F401
    ACCESS_KEY,
    SECRET_KEY,
    empty_database,
    house,
    local_house,
    s3_house,
    s3_server,
    storage_url,
)


@pytest.fixture
def store(storage_url, settings, tmp_path):  # noqa: F811
    """The store of this test, in this process; `the_store()` gives the same."""
    from arcada.apps.files.storage import the_store

    settings.ENV = dataclasses.replace(
        settings.ENV,
        data=tmp_path / "data",
        key_file=tmp_path / "keys" / "master.key",
        storage_url=storage_url,
        s3_access_key=ACCESS_KEY,
        s3_secret_key=SECRET_KEY,
    )
    return the_store()
