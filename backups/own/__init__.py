"""What a tenant's own people see of their copies: read from the catalog, never another tenant's."""
