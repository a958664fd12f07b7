"""Jobs of backups, each registered beside what it does."""

import backups.recovery_keys.background  # noqa: F401
