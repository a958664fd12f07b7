"""What is written, and who watches it on this side."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants.identifiers import new_id


class Supplier(models.Model):
    name = models.CharField(max_length=100)


class Order(models.Model):
    """Fifteen columns."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    reference = models.CharField(max_length=100)
    city = models.CharField(max_length=100)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    quantity = models.IntegerField()
    position = models.IntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=2)
    ordered_on = models.DateField()
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    is_paid = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)


if settings.ACTIVITY_SIDE == "django-auditlog":
    from auditlog.registry import auditlog

    auditlog.register(Order)
elif settings.ACTIVITY_SIDE == "django-simple-history":
    from simple_history import register

    register(Order, app="bench.activity")
elif settings.ACTIVITY_SIDE.startswith("django-pghistory"):
    import pghistory

    level = pghistory.Statement if settings.ACTIVITY_SIDE.endswith("statement") else pghistory.Row
    pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), level=level)(
        Order
    )
