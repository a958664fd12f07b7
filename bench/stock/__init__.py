"""django-tenants as its documentation sets it up, with our tenants apps."""
