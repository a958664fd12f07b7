from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.declaring import requires
from backups.runbook.chapters import CHAPTERS
from backups.runbook.writing import commands_of


@requires("platform.backup:view")
@require_safe
def runbook(request: HttpRequest) -> HttpResponse:
    key = settings.AMANA_MANIFEST_PUBLIC_KEY
    chapters = [(chapter, [(step, commands_of(step, key)) for step in chapter.steps]) for chapter in CHAPTERS]
    return render(request, "backups/runbook/runbook.html", {"chapters": chapters, "manifest_key": key})
