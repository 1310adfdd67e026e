"""How gunicorn serves the site; every value can be changed on its command line."""

from __future__ import annotations

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Its threads make pages and its loop waits for readers, so that no silent, slow or broken
# connection keeps a page from anybody. Pages cost computing, so few threads are enough.
worker_class = "pathways.server.worker.Worker"
threads = int(os.environ.get("THREADS", "4"))
# Of one worker. Each costs a file descriptor, and 1,024 is a common limit; when there are more,
# whoever has waited longest without asking for anything is hung up on.
worker_connections = 500
# Seconds in which a reader's next page needs no new connection.
keepalive = 15
# Request lines are not logged, and what gunicorn says of a request that it cannot read or that
# breaks does not repeat it: nothing that a reader asks for is written down.
accesslog = None
errorlog = "-"
logger_class = "pathways.server.log.ServerLog"
# The control socket lives in the home directory, which the user of the image does not have.
control_socket_disable = True
# A worker is replaced when all its threads have been busy with one request each for so long.
timeout = 30
# Loading before forking shares memory, and a broken setting stops the start instead of a worker.
preload_app = True
