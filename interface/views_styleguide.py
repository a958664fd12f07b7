from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.declaring import signed_in
from interface.error_pages import error_page
from interface.styleguide import SECTIONS, section_named
from interface.styleguide.refusals import NAMES


@signed_in
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide/index.html", {"sections": SECTIONS})


@signed_in
@require_safe
def styleguide_section(request: HttpRequest, slug: str) -> HttpResponse:
    section = section_named(slug)
    if section is None:
        raise Http404
    shown = {"section": section, "sections": SECTIONS, **section.context(request)}
    return render(request, section.template, shown)


@signed_in
@require_safe
def styleguide_error(request: HttpRequest, name: str) -> HttpResponse:
    """An error page as people see it, of a request that went well."""
    if name not in NAMES:
        raise Http404
    return error_page(200, name, request=request)
