"""The Celery application. It carries hints: every message may be lost or doubled.

Its numbers stand in the settings and are measured: without them a publish to a broker
that has gone silent hangs for minutes, and a worker leaves for good after a long
outage of the broker.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controlpanel.settings")
# A worker must drive even when a page is broken; `up` and CI run Django's checks.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

from controlpanel import broker

app = Celery("controlpanel", set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_url=broker.celery_url(
        redis_url=settings.REDIS_URL, data_dir=settings.DATA_DIR
    ),
    imports=("failover.tasks",),
    # Workers are steered by signals only; every channel less is one that cannot hang.
    worker_enable_remote_control=False,
)
