"""gunicorn's lines in our form: `--logger-class=config.logs.gunicorn.Logger`.

Before a worker has read the settings, and always in the master process, gunicorn's own handler speaks.
"""

import os
from typing import Any

from gunicorn import glogging

from config.logs.configuration import form_of
from config.logs.lines import JsonLine, Lines, ReadableLine


class Logger(glogging.Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        handler = Lines()
        handler.setFormatter(JsonLine() if form_of(os.environ) == "json" else ReadableLine())
        self.error_log.handlers = [handler]

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing: its line would hold the raw path. `config.logs.requests` says what may be said."""
