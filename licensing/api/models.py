"""What answered an Idempotency-Key."""

from django.db import models

from licensing.parties.models import Organisation


class IdempotencyRecord(models.Model):
    """The answer to one keyed POST, written in the transaction that did the work."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    location = models.TextField(blank=True, db_default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
