from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FieldstudyConfig(AppConfig):
    name = "fieldstudy"

    def ready(self) -> None:
        from fieldstudy.celery import app
        from fieldstudy.grants import grant_to_application

        app.set_default()
        post_migrate.connect(grant_to_application)
