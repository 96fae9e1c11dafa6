from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "apps.actions"

    def ready(self) -> None:
        from apps.actions import lists  # noqa: F401 - it adds what it knows to the lists below
