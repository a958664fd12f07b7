from django.urls import path

from business.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.contact_list, name="contact-list"),
    path("new/", views.contact_create, name="contact-create"),
    path("export/", views.contact_export, name="contact-export"),
    path("<uuid:pk>/", views.contact_detail, name="contact-detail"),
    path("<uuid:pk>/edit/", views.contact_update, name="contact-update"),
    path("<uuid:pk>/archive/", views.contact_archive, name="contact-archive"),
    path("<uuid:pk>/restore/", views.contact_restore, name="contact-restore"),
]
