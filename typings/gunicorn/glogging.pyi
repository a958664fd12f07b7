import logging
from typing import Any

class Logger:
    error_log: logging.Logger
    def setup(self, cfg: Any) -> None: ...
    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None: ...
