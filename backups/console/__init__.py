"""The operators' pages about copies: the fleet, one tenant, one copy, the policy."""
