"""What operators ask gets a truthful answer, and tells strangers nothing."""

from __future__ import annotations

import pytest

from models import OutboxEntry
from virtual_return.health.checks import check_redis


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz").response.get_json() == {"status": "alive"}


def test_readiness_names_each_part(client, cast):
    answer = client.get("/readyz").response.get_json()
    assert set(answer["checks"]) == {"database", "redis", "index"}
    assert answer["checks"]["database"]["well"] is True
    assert answer["status"] == "degraded"  # Tests have no Redis unless they ask for one.
    assert answer["checks"]["index"]["well"] is False


def test_a_real_redis_is_well_and_a_dead_one_is_not(redis_url):
    assert check_redis(redis_url).is_well
    assert not check_redis("redis://127.0.0.1:1/0").is_well


def test_figures_are_off_by_default(client):
    client.get("/metrics", status=404)


@pytest.fixture
def measured(make_app):
    return make_app(metrics=True).test_client()


def test_figures_count_rows_and_name_nobody(measured, session, cast):
    session.add(OutboxEntry(job="example", arguments={}))
    session.commit()
    text = measured.get("/metrics").get_data(as_text=True)
    assert 'virtual_return_experts{state="institutions_anonymous"} 1.0' in text
    assert 'virtual_return_needs{state="open"} 1.0' in text
    assert "virtual_return_outbox_waiting 1.0" in text
    for secret in ("@", "Elias", "Sea University"):
        assert secret not in text


def test_a_stranger_elsewhere_sees_no_figures(measured):
    answer = measured.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 404


def test_a_token_opens_the_figures_from_elsewhere(make_app):
    client = make_app(metrics=True, metrics_token="a-long-token").test_client()
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    right = {"Authorization": "Bearer a-long-token"}
    wrong = {"Authorization": "Bearer another"}
    assert client.get("/metrics", environ_base=elsewhere, headers=right).status_code == 200
    assert client.get("/metrics", environ_base=elsewhere, headers=wrong).status_code == 404
