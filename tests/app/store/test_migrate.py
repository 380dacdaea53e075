"""The schema: made by migrations alone, the same as the tables, on both databases."""

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

import app.store
from app.store.engine import Database, StoreUnavailable
from app.store.migrate import upgrade
from app.store.tables import METADATA

ROOT = Path(__file__).parents[3]
SCRIPTS = ScriptDirectory(str(Path(app.store.__file__).parent / "migrations"))


async def difference(url: str) -> list[object]:
    """What migrations made otherwise than the tables say."""

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    database = Database.open(url)
    async with database.read() as connection:
        found = await connection.run_sync(compare)
    await database.close()
    return found


async def tables(url: str) -> set[str]:
    database = Database.open(url)
    async with database.read() as connection:
        names = await connection.run_sync(lambda each: inspect(each).get_table_names())
    await database.close()
    return set(names)


async def test_migrations_make_exactly_the_tables_we_work_with(empty_url: str) -> None:
    await upgrade(empty_url)

    assert await difference(empty_url) == []
    assert await tables(empty_url) == {*METADATA.tables, "alembic_version"}


async def test_each_migration_runs_after_the_one_before(empty_url: str) -> None:
    for script in reversed(list(SCRIPTS.walk_revisions())):
        await upgrade(empty_url, script.revision)

    assert await difference(empty_url) == []


async def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    await upgrade(empty_url)
    await upgrade(empty_url)

    assert await difference(empty_url) == []


def test_there_is_one_line_of_migrations() -> None:
    assert len(SCRIPTS.get_heads()) == 1


async def test_a_failed_upgrade_leaves_the_schema_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", _fail)
    with pytest.raises(ZeroDivisionError):
        await upgrade(empty_url)
    monkeypatch.undo()

    assert await tables(empty_url) == set()
    await upgrade(empty_url)
    assert await difference(empty_url) == []


def _fail(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.slow
@pytest.mark.integration
async def test_replicas_that_upgrade_at_once_do_not_collide(empty_url: str) -> None:
    await asyncio.gather(*(_upgrade_in_a_process(empty_url) for _ in range(3)))

    assert await difference(empty_url) == []


async def _upgrade_in_a_process(url: str) -> None:
    program = "import sys; from app.store.migrate import upgrade_now; upgrade_now(sys.argv[1])"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, url), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-400:]


async def test_a_database_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be")

    with pytest.raises(StoreUnavailable, match="a folder for the database"):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/folder/audit.db")
