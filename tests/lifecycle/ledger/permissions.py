"""What can be done with entries: every built-in role that sees everything gains it with the release."""

from access.registry import Area, Resource, add_resource

add_resource(
    Resource(
        code="ledger.entry",
        label="Ledger",
        area=Area("Ledger", 99),
        surfaces=("tenant",),
        actions=("view", "create"),
    )
)
