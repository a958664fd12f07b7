from django.urls import path

from backups.console import views, views_copies, views_policy, views_tenant, views_unclaimed

app_name = "backups"
urlpatterns = [
    path("", views.fleet, name="fleet"),
    path("unclaimed/", views_unclaimed.unclaimed, name="unclaimed"),
    path("policy/", views_policy.policy_list, name="policy-list"),
    path("policy/<slug:tier>/", views_policy.policy_update, name="policy-update"),
    path("policy/<slug:tier>/take-back/", views_policy.policy_take_back, name="policy-take-back"),
    path("catalog/", views_tenant.catalog_detail, name="catalog-detail"),
    path("catalog/take/", views_tenant.catalog_take, name="catalog-take"),
    path("tenants/<uuid:pk>/", views_tenant.tenant_detail, name="tenant-detail"),
    path("tenants/<uuid:pk>/take/", views_tenant.tenant_take, name="tenant-take"),
    path("copies/<uuid:pk>/", views_copies.copy_detail, name="copy-detail"),
    path("copies/<uuid:pk>/manifest/", views_copies.copy_manifest, name="copy-manifest"),
    path("copies/<uuid:pk>/verify/", views_copies.copy_verify, name="copy-verify"),
    path("copies/<uuid:pk>/hold/", views_copies.copy_hold, name="copy-hold"),
    path("copies/<uuid:pk>/release/", views_copies.copy_release, name="copy-release"),
    path("copies/<uuid:pk>/remove/", views_copies.copy_remove, name="copy-remove"),
]
