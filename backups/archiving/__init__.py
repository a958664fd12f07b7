"""What the law has us keep of a tenant: sealed for two keys that lie in no machine, and taken out by two people."""
