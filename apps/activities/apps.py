from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "apps.activities"

    def ready(self) -> None:
        from apps.activities import lists  # noqa: F401 - it adds what it knows to the lists below
