from django.urls import path

from accounts.reviews import views

app_name = "reviews"
urlpatterns = [
    path("", views.review_list, name="review-list"),
    path("new/", views.review_create, name="review-create"),
    path("<uuid:pk>/", views.review_detail, name="review-detail"),
    path("<uuid:pk>/items/<uuid:item>/", views.review_decide, name="review-decide"),
    path("<uuid:pk>/complete/", views.review_complete, name="review-complete"),
    path("<uuid:pk>/cancel/", views.review_cancel, name="review-cancel"),
    path("<uuid:pk>/evidence/", views.review_export, name="review-export"),
]
