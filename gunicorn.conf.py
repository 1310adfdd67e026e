"""How gunicorn serves the site; every value can be changed on its command line."""

from __future__ import annotations

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Request lines are not logged: nothing a reader asks for is written down.
accesslog = None
errorlog = "-"
# The control socket lives in the home directory, which the user of the image does not have.
control_socket_disable = True
# Requests are short and workers hold no connection for a reader: one that hangs is replaced.
timeout = 30
# Loading before forking shares memory, and a broken setting stops the start instead of a worker.
preload_app = True
