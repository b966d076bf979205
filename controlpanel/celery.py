"""The Celery application. It carries hints: every message may be lost or doubled.

The numbers are measured: without them a publish to a broker that has gone silent
hangs for minutes, and a worker leaves for good after a long outage of the broker.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlpanel.settings")

from controlpanel import broker  # noqa: E402

app = Celery("controlpanel", set_as_current=True)
app.conf.update(
    broker_url=broker.celery_url(
        redis_url=settings.REDIS_URL, data_dir=settings.DATA_DIR
    ),
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=1,
    broker_transport_options={
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
        "max_retries": 0,
        "visibility_timeout": 3600,
        "health_check_interval": 10,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    # Early ack: a lost wake-up is harmless, a duplicate is wasteful.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    task_serializer="json",
    accept_content=["json"],
    imports=("failover.tasks",),
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    enable_utc=True,
    timezone="UTC",
)
