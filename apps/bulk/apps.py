from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BulkConfig(AppConfig):
    name = "apps.bulk"

    def ready(self) -> None:
        autodiscover_modules("bulk_deeds")
