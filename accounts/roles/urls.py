from django.urls import path

from accounts.roles import views_changing, views_editing, views_matrix, views_reading

app_name = "roles"
urlpatterns = [
    path("", views_reading.role_list, name="role-list"),
    path("new/", views_changing.role_create, name="role-create"),
    path("matrix/", views_matrix.matrix, name="matrix"),
    path("matrix/export/", views_matrix.matrix_export, name="matrix-export"),
    path("explain/", views_reading.explained, name="explain"),
    path("people/<uuid:pk>/", views_reading.rights, name="rights"),
    path("<uuid:pk>/", views_reading.role_detail, name="role-detail"),
    path("<uuid:pk>/copy/", views_changing.role_clone, name="role-clone"),
    path("<uuid:pk>/edit/", views_editing.role_update, name="role-update"),
    path("<uuid:pk>/review/", views_editing.role_review, name="role-review"),
    path("<uuid:pk>/change/", views_editing.role_change, name="role-change"),
    path("<uuid:pk>/seen/", views_changing.role_seen, name="role-seen"),
    path("<uuid:pk>/delete/", views_changing.role_delete, name="role-delete"),
]
