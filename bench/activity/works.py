"""What is timed: six ways to write rows, and loops of save() for a library that doesn't see five of them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from bench.activity.models import Order, Supplier
from tenants.identifiers import new_id

ROWS = 10_000
SAVES = 100
FEWER = 2000
Work = Callable[[list[Order]], object]


def new_orders(number: int) -> list[Order]:
    supplier = Supplier.objects.first() or Supplier.objects.create(name="Tea & Co")
    return [_order(number, supplier) for number in range(number)]


def _order(number: int, supplier: Supplier) -> Order:
    return Order(
        id=new_id(),
        number=f"PO-2026-{number:06}",
        title=f"Two hundred boxes of green tea, lot {number}",
        note="Deliver to the back door between eight and ten, and ring twice.",
        reference=f"ref-{number}",
        city="Muscat",
        supplier=supplier,
        quantity=number,
        position=number % 40,
        price=Decimal(number) / 100,
        ordered_on=date(2026, 1, 1) + timedelta(days=number % 300),
        is_paid=number % 2 == 0,
        extra={"colour": "green", "boxes": number},
    )


def change(orders: list[Order]) -> list[Order]:
    """Two of the fifteen columns."""
    for order in orders:
        order.quantity += 1
        order.title = f"{order.title[:180]}."
    return orders


def save_each(orders: list[Order]) -> None:
    """A transaction each, as a request has one."""
    for order in change(orders[:SAVES]):
        with transaction.atomic():
            order.save()


@transaction.atomic
def save_in_one_transaction(orders: list[Order]) -> None:
    for order in change(orders[:SAVES]):
        order.save()


@transaction.atomic
def bulk_create(orders: list[Order]) -> None:
    Order.objects.bulk_create(orders)


@transaction.atomic
def bulk_update(orders: list[Order]) -> None:
    Order.objects.bulk_update(change(orders[:FEWER]), ["quantity", "title"], batch_size=500)


@transaction.atomic
def queryset_update(orders: list[Order]) -> None:
    Order.objects.update(quantity=7 + orders[0].quantity, city="Nizwa")


@transaction.atomic
def raw_sql(orders: list[Order]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE measured_order SET quantity = quantity + 1, is_paid = NOT is_paid")


@transaction.atomic
def delete(orders: list[Order]) -> None:
    Order.objects.all().delete()


@transaction.atomic
def create_by_loop(orders: list[Order]) -> None:
    for order in orders:
        order.save(force_insert=True)


@transaction.atomic
def update_by_loop(orders: list[Order]) -> None:
    for order in change(orders[:FEWER]):
        order.save()


@transaction.atomic
def update_all_by_loop(orders: list[Order]) -> None:
    for order in Order.objects.all():
        order.quantity += 1
        order.city = f"{order.city[:90]}."
        order.save()


WORKS: dict[str, Work] = {
    "bulk_create": bulk_create,
    "save": save_each,
    "save, 100 in one transaction": save_in_one_transaction,
    "bulk_update": bulk_update,
    "queryset.update": queryset_update,
    "raw SQL": raw_sql,
    "delete": delete,
}
LOOPS: dict[str, Work] = {
    **WORKS,
    "bulk_create": create_by_loop,
    "bulk_update": update_by_loop,
    "queryset.update": update_all_by_loop,
    "raw SQL": update_all_by_loop,
}
