from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from access.declaring import at_the_door, open_to_strangers
from accounts import signing_in
from accounts.forms import NewPasswordForm, SignInForm
from accounts.limits.limiting import paused
from accounts.links import record_refused_link, use_link
from accounts.models import User
from accounts.passwords.changing import changed_by_link
from accounts.passwords.tokens import LINKS
from accounts.returning import destination, page_with_next

# What a browser must not keep once somebody has left. Cookies are another matter: docs/decisions/0045.
LEFT_BEHIND = '"cache", "storage"'


@open_to_strangers
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(destination(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.user:
        asking = signing_in.password_proven(request, form.user)
        return redirect(page_with_next(asking, request) if asking else destination(request))
    page = render(request, "accounts/sign_in.html", {"form": form}, status=422 if form.is_bound else 200)
    return paused(page, form.wait)


@at_the_door
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    signing_in.sign_out(request)
    messages.success(request, _("You are signed out."))
    answer = redirect("accounts:sign-in")
    answer["Clear-Site-Data"] = LEFT_BEHIND
    return answer


class SetPassword(PasswordResetConfirmView):
    """The page behind a set-password link: works once, ends every session, leaks no token by Referer.

    Afterwards whoever set it stands where the right password leads: before the second factor, where one is in use or
    owed, and signed in only where there is none.
    """

    form_class = NewPasswordForm
    token_generator = LINKS
    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("accounts:sign-in")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        with use_link(form.user):
            super().form_valid(form)
            if self.request.user == form.user:
                logout(self.request)
            changed_by_link(form.user)
        messages.success(self.request, _("Your password is set."))
        return redirect(signing_in.password_proven(self.request, form.user) or settings.LOGIN_REDIRECT_URL)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if not context["validlink"]:
            record_refused_link(self.user)
        kwargs["status"] = _status(context)
        return super().render_to_response(context, **kwargs)


def _status(context: dict[str, Any]) -> int:
    if not context["validlink"]:
        return 410
    return 422 if context["form"].is_bound else 200
