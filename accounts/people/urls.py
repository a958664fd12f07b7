from django.urls import include, path

from accounts.people import views, views_policy, views_roles, views_standing

app_name = "people"
urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("invite/", views_roles.invite, name="invite"),
    path("export/", views.export, name="export"),
    path("policy/", views_policy.policy, name="policy"),
    path("policy/edit/", views_policy.policy_update, name="policy-update"),
    path("<uuid:pk>/", views.person_detail, name="person-detail"),
    path("<uuid:pk>/edit/", views_roles.person_update, name="person-update"),
    path("<uuid:pk>/roles/new/", views_roles.role_give, name="person-role-give"),
    path("<uuid:pk>/roles/<uuid:assignment_pk>/end/", views_roles.role_end, name="person-role-end"),
    path("<uuid:pk>/invite-again/", views_standing.person_invite_again, name="person-invite-again"),
    path("<uuid:pk>/withdraw/", views_standing.person_withdraw, name="person-withdraw"),
    path("<uuid:pk>/deactivate/", views_standing.person_deactivate, name="person-deactivate"),
    path("<uuid:pk>/reactivate/", views_standing.person_reactivate, name="person-reactivate"),
    path("<uuid:pk>/unlock/", views_standing.person_unlock, name="person-unlock"),
    path("<uuid:pk>/reset-password/", views_standing.person_reset_password, name="person-reset-password"),
    path("<uuid:pk>/reset-factor/", views_standing.person_reset_factor, name="person-reset-factor"),
    path("", include("accounts.visits.urls_people")),
]
