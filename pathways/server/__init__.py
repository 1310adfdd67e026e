"""How the site is served: the worker behind `gunicorn.conf.py`, and what it writes down."""
