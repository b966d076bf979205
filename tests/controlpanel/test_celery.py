"""The numbers that keep a dead broker from holding anybody up (reliability 2.3)."""

from controlpanel.celery import app
from failover import tasks


def test_the_measured_configuration_is_the_one_in_force() -> None:
    wanted = {
        "broker_connection_max_retries": None,
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 1,
        "broker_transport_options": {
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "max_retries": 0,
            "visibility_timeout": 3600,
            "health_check_interval": 10,
        },
        "task_publish_retry": False,
        "task_ignore_result": True,
        "task_acks_late": False,
        "worker_prefetch_multiplier": 1,
        "task_serializer": "json",
        "accept_content": ["json"],
    }

    assert {name: getattr(app.conf, name) for name in wanted} == wanted


def test_the_worker_knows_one_task_and_keeps_no_result() -> None:
    ours = [name for name in app.tasks if not name.startswith("celery.")]

    assert ours == ["failover.drive"]
    assert tasks.drive.ignore_result
    assert app.conf.result_backend is None
