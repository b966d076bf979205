"""The Celery application. It carries hints: every message may be lost or doubled.

The numbers are measured: without them a publish to a broker that has gone silent
hangs for minutes, and a worker leaves for good after a long outage of the broker.
"""

import os
import warnings

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from django.conf import settings

from controlpanel import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlpanel.settings")
# A worker must drive even when a page is broken; `up` and CI run Django's checks.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
# Containers run as root and brokers come and go: both are said often enough.
warnings.filterwarnings("ignore", category=SecurityWarning)
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)

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
        # Above the second for which the worker's BRPOP waits.
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
    # Workers are steered by signals only; every channel less is one that cannot hang.
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone="UTC",
)
