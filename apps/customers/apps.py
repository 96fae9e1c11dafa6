from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CustomersConfig(AppConfig):
    name = "apps.customers"

    def ready(self):
        autodiscover_modules("following")
