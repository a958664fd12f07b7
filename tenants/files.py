"""Files of the bound tenant, in a directory that no name can climb out of."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenants.binding import bound_alias

LINK_SECONDS = 600
SALT = "amana.file"


class TenantStorage(FileSystemStorage):
    """Django's storage under MEDIA_ROOT/<alias>/. Raises NoTenantBound when unbound, at each use."""

    @property
    def base_location(self) -> str:
        return str(Path(settings.MEDIA_ROOT) / bound_alias())

    @property
    def location(self) -> str:
        return str(Path(settings.MEDIA_ROOT).resolve() / bound_alias())

    def path(self, name: str) -> str:
        """Where `name` lies. Raises SuspiciousFileOperation where a name or a symbolic link leads out."""
        path = super().path(name)
        if not Path(path).resolve().is_relative_to(self.location):
            raise SuspiciousFileOperation(f"{name} leads out of the tenant's files.")
        return path

    def url(self, name: str | None) -> str:
        """A link that names no path, holds for ten minutes and only at the tenant that made it."""
        return reverse("file", args=[signing.dumps(name, salt=SALT)])

    def _clear_cached_properties(self, setting: str, **_: Any) -> None:
        """Nothing about a location is cached."""


@require_safe
def serve(request: HttpRequest, token: str) -> FileResponse:
    """The file behind a link of this tenant; any other link is not found."""
    try:
        name = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
        content = TenantStorage().open(name)
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(content, as_attachment=True, filename=Path(name).name)


def delete_all_files() -> None:
    """Remove the bound tenant's directory, if there is one."""
    shutil.rmtree(TenantStorage().location, ignore_errors=True)
