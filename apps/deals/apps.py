from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "apps.deals"

    def ready(self) -> None:
        from apps.deals import lists  # noqa: F401 - it adds what it knows to the lists below
