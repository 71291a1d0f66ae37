"""The project: settings, jobs, addresses. Apps import `config.jobs` and nothing else of it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
