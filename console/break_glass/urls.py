from django.urls import path

from console.break_glass import views

app_name = "visits"
urlpatterns = [
    path("visits/", views.visit_list, name="visit-list"),
    path("tenants/<uuid:pk>/visit/", views.visit_create, name="visit-create"),
    path("visits/<uuid:pk>/", views.visit_detail, name="visit-detail"),
    path("visits/<uuid:pk>/approve/", views.visit_approve, name="visit-approve"),
    path("visits/<uuid:pk>/ticket/", views.visit_ticket, name="visit-ticket"),
    path("visits/<uuid:pk>/withdraw/", views.visit_withdraw, name="visit-withdraw"),
    path("visits/<uuid:pk>/revoke/", views.visit_revoke, name="visit-revoke"),
]
