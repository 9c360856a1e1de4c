"""kill -9 in the middle of a confirmation: all of the file was done, or nothing."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress

import msgspec

from api.actions.files import confirm, look_at, seen
from api.rooms import Rooms
from graph.model.keeping import ListingKind, Target
from graph.model.uploads import UploadState
from graph.store.engine import Address
from tests import make
from tests.api.test_files import AT, EDITOR, load, rooms, services
from tests.importers.sheets import csv_of

__all__ = ["rooms"]
MANY = 200


async def test_a_killed_confirmation_is_whole_or_nothing(rooms: Rooms, engine: Address) -> None:
    names = [f"t:m{number}" for number in range(MANY)]
    await load(rooms.graph, make.organisation(), *(make.service(name, name=f"Service {name}") for name in names))
    content = csv_of("Identifiant;Téléphone", *(f"{name};03 81 00 00 00" for name in names))
    upload = await look_at(rooms, EDITOR, "f.csv", content, AT)
    assert upload.changed == MANY
    for seconds in (0.2, 0.8):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.api.confirming_child", upload.id, stdin=PIPE, stdout=PIPE
        )
        assert child.stdin and child.stdout
        child.stdin.write(msgspec.json.encode(engine) + b"\n")
        child.stdin.close()
        assert await child.stdout.readline() == b"begun\n"
        await asyncio.sleep(seconds)
        # It may have come to its end just before: then it is whole.
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        done = [one for one in (await services(rooms, "t:caf")).values() if one.contact.phone]
        state = (await seen(rooms, EDITOR, upload.id, AT)).state
        assert (len(done), state) in {(0, UploadState.WAITING), (MANY, UploadState.APPLIED)}
    assert (await confirm(rooms, EDITOR, upload.id, AT)).state is UploadState.APPLIED
    found = await services(rooms, "t:caf")
    assert {found[name].contact.phone for name in names} == {"03 81 00 00 00"}
    async with rooms.graph.reading() as unit:
        assert await unit.keeping.last([Target(ListingKind.SERVICE, name) for name in names]) == {
            Target(ListingKind.SERVICE, name): 1 for name in names
        }
