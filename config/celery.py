"""The worker's and beat's application. A task runs in the tenant that it was sent from, never in public."""

import os

from django.conf import settings
from tenant_schemas_celery.app import CeleryApp

from config.clock import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

LONGEST_TASK = 60 * 60  # seconds

app = CeleryApp("baton", task_cls="apps.tenancy.tasks:TenantTask")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": LONGEST_TASK,
        "unacked_restore_throttle": 1,
        # A request that queues a task asks a dead broker once, and not for long; the sweeper comes later.
        "max_retries": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    },
    task_publish_retry=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    # Whoever brings files in does nothing else, so that no reminder waits behind a hundred thousand rows.
    task_routes={"integrations.work_on_import": {"queue": "imports"}},
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=LONGEST_TASK,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule=SCHEDULE,
    beat_scheduler="apps.tenancy.clockwork:ActiveTenantsScheduler",
    beat_max_loop_interval=5,
)
app.autodiscover_tasks()
