"""Figures for operators, from the record alone."""

from dataclasses import replace

from app.store.audits import Audits
from app.store.deliveries import Deliveries
from app.store.engine import Database
from app.store.figures import Figures, StoreFigures
from tests.app.store.stored import A_HEAD, B_HEAD, a_delivery, a_wish, at
from tests.builders import NOW, a_sighting, an_audit


async def test_an_empty_store_has_zeros(database: Database) -> None:
    assert await Figures(database).at(NOW) == StoreFigures(
        deliveries_waiting=0,
        delivery_lag_s=0.0,
        open_audits={"queued": 0, "running": 0, "recorded": 0},
        ended_audits={},
        durations=(),
    )


async def test_the_lag_is_the_oldest_open_deliverys(database: Database) -> None:
    deliveries, figures = Deliveries(database), Figures(database)
    await deliveries.add([a_delivery("old"), a_delivery("new", received_at=at(30))])
    assert await figures.delivery_lag_s(at(100)) == 100.0
    await deliveries.succeed("old", at(100))

    assert await figures.delivery_lag_s(at(100)) == 70.0
    assert (await figures.at(at(100))).deliveries_waiting == 1
    assert await figures.delivery_lag_s(at(0)) == 0.0  # a clock that is behind shows no negative


async def test_ends_of_the_last_hour_count_by_outcome(database: Database) -> None:
    audits = Audits(database)
    for number, end in ((1, 20.0), (2, 10.0)):
        request = await audits.request(a_wish(number=number), NOW)
        assert request is not None
        await audits.begin(request.id, at(1))
        audit = an_audit(a_sighting()) if number == 1 else an_audit()
        await audits.record(request.id, replace(audit, id=request.id), b"{}", at(2))
        await audits.finish(request.id, at(end))
    await audits.request(a_wish(A_HEAD, number=3), NOW)
    await audits.request(a_wish(B_HEAD, number=3), at(5))

    soon = await Figures(database).at(at(60))
    assert soon.ended_audits == {"block": 1, "pass": 1, "superseded": 1}
    assert soon.durations == (20.0, 10.0)
    assert soon.open_audits == {"queued": 1, "running": 0, "recorded": 0}
    later = await Figures(database).at(at(4000))
    assert (later.ended_audits, later.durations) == ({}, ())
