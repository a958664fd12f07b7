"""Writing the row that proves whose database this is. Needs the private key and the owner's hand."""

from tenants.identity import identity_of, sign
from tenants.places import Place
from tenants.provisioner import owner_of


def write_identity(place: Place) -> None:
    """Write the signed row that every connection to this database is checked against."""
    identity = identity_of(place)
    with owner_of(place) as connection:
        connection.execute(
            """
            INSERT INTO amana.identity (tenant, database, era, purpose, signed_at, signature)
            VALUES (%s, %s, %s, %s, now(), %s)
            ON CONFLICT (id) DO UPDATE SET (tenant, database, era, purpose, signed_at, signature)
                = (excluded.tenant, excluded.database, excluded.era, excluded.purpose,
                   excluded.signed_at, excluded.signature)
            """,
            [*identity, sign(identity)],
        )
