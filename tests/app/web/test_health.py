"""What the platform asks: does it live, can it work, and what is counted."""

from datetime import timedelta
from pathlib import Path

from app.queue import ArqQueue, JobName, QueuedJob
from app.store.audits import Audits
from app.store.engine import Database
from tests.app.store.stored import a_wish
from tests.app.web.service import RememberedQueue, Service, a_post, resources, serving
from tests.builders import NOW, an_audit


async def test_all_is_well(service: Service) -> None:
    alive = await service.client.get("/healthz")
    ready = await service.client.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    answer = {"status": "ready", "database": "ok", "redis": "ok", "deliveries": "ok"}
    assert ready.json() == answer


async def test_without_a_database_it_lives_but_cannot_work(
    tmp_path: Path, queue: RememberedQueue
) -> None:
    away = Database.open(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/audit.db")
    async with serving(resources(away, queue)) as service:
        assert (await service.client.get("/healthz")).status_code == 200
        ready = await service.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["status"] == "unready"
    assert "The database does not answer" in ready.json()["database"]
    assert "Not known" in ready.json()["deliveries"]
    assert str(tmp_path) not in ready.text


async def test_without_redis_it_stays_in_service_since_deliveries_are_still_recorded(
    database: Database, closed_port: int
) -> None:
    away = ArqQueue.open(f"redis://127.0.0.1:{closed_port}")
    async with serving(resources(database, away)) as service:
        ready = await service.client.get("/readyz")
        figures = await service.figures()
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert "Redis does not answer" in ready.json()["redis"]
    assert str(closed_port) not in ready.text
    assert "audit_queue_up 0.0" in figures
    assert "audit_queue_jobs{" not in figures


async def test_deliveries_are_counted_by_event_and_outcome(service: Service) -> None:
    await service.deliver(a_post())
    await service.deliver(a_post(secret="another one"))
    figures = await service.figures()
    assert 'audit_deliveries_total{event="pull_request",outcome="recorded"} 1.0' in figures
    assert 'audit_deliveries_total{event="pull_request",outcome="unsigned"} 1.0' in figures
    assert "audit_delivery_seconds_count 2.0" in figures


async def test_senders_cannot_add_labels(service: Service) -> None:
    for n in range(20):
        await service.deliver(a_post(event=f"made_up_{'x' * n}"))
    figures = await service.figures()
    assert 'audit_deliveries_total{event="other",outcome="unknown"} 20.0' in figures
    assert "made_up" not in figures


async def test_waiting_jobs_are_shown_by_queue(service: Service, queue: RememberedQueue) -> None:
    await queue.enqueue(QueuedJob(name=JobName.SWEEP, id="sweep"))
    figures = await service.figures()
    assert "audit_queue_up 1.0" in figures
    assert 'audit_queue_jobs{queue="audit:interactive"} 1.0' in figures
    assert 'audit_queue_jobs{queue="audit:batch"} 0.0' in figures


async def test_each_process_counts_for_itself(database: Database, queue: RememberedQueue) -> None:
    first, second = resources(database, queue), resources(database, queue)
    async with serving(first) as service:
        await service.deliver(a_post())
    labels = {"event": "pull_request", "outcome": "recorded"}
    assert first.metrics.registry.get_sample_value("audit_deliveries_total", labels) == 1.0
    assert second.metrics.registry.get_sample_value("audit_deliveries_total", labels) is None


async def test_deliveries_that_nobody_takes_are_told(database: Database) -> None:
    times = [NOW]
    opened = resources(database, RememberedQueue(), clock=lambda: times[-1])
    async with serving(opened) as service:
        await service.deliver(a_post())
        times.append(NOW + timedelta(seconds=300))
        ready = await service.client.get("/readyz")
        figures = await service.figures()
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert "is a worker running?" in ready.json()["deliveries"]
    assert "audit_deliveries_waiting 1.0" in figures
    assert "audit_delivery_lag_seconds 300.0" in figures


async def test_without_a_database_no_old_figure_is_shown(
    tmp_path: Path, queue: RememberedQueue
) -> None:
    away = Database.open(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/audit.db")
    async with serving(resources(away, queue)) as service:
        figures = await service.figures()
    assert "audit_database_up 0.0" in figures
    assert "audit_deliveries_waiting NaN" in figures
    assert "audit_open_audits{" not in figures


async def test_ended_audits_are_shown_with_what_they_took(
    service: Service, database: Database
) -> None:
    audits = Audits(database)
    for seconds in (10, 20, 300):
        request = await audits.request(a_wish(f"{seconds:040x}", number=seconds), NOW)
        assert request is not None
        await audits.begin(request.id, NOW)
        await audits.record(request.id, an_audit(), b"{}", NOW)
        await audits.finish(request.id, NOW + timedelta(seconds=seconds))
    await audits.request(a_wish(number=1), NOW)
    figures = await service.figures()
    assert 'audit_ended_audits{outcome="pass"} 3.0' in figures
    assert 'audit_audit_seconds{quantile="0.5"} 20.0' in figures
    assert 'audit_audit_seconds{quantile="0.95"} 300.0' in figures
    assert 'audit_open_audits{state="queued"} 1.0' in figures
    assert 'audit_open_audits{state="running"} 0.0' in figures
