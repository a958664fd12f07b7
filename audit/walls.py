"""What the nightly check asks of every database about its log."""

from audit.attaching import faults_in_words
from audit.installing import install
from tenants.places import Place
from tenants.provisioner import provisioner
from tenants.wall_checks import PlaceWall


def tables_not_logged(place: Place) -> list[str]:
    with provisioner(place.database, place) as connection:
        return [*faults_in_words(connection)]


EVERY_TABLE_IS_LOGGED = PlaceWall("every table is logged", tables_not_logged, install)
