# The site as an image: gunicorn and whitenoise, no root, nothing but what it needs.
#
#   docker build -t udredningsvejviseren .
#   docker run -p 8000:8000 -e SECRET_KEY=... -e ALLOWED_HOSTS=... -e DATABASE_URL=... udredningsvejviseren
#
# Migrate and load with: docker run ... udredningsvejviseren python manage.py bootstrap
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt /build/
RUN python3 -m venv /venv && /venv/bin/pip install --require-hashes -r /build/requirements.txt
COPY . /app
WORKDIR /app
# Collecting needs settings that load, not the site's own: these stay in this stage.
RUN SECRET_KEY=only-for-collecting ALLOWED_HOSTS=localhost \
    /venv/bin/python manage.py collectstatic --noinput

FROM ${BASE}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# The host must be one that the site answers to; the first of ALLOWED_HOSTS is.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["python", "-c", "import os, urllib.request as r; host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.*') or 'localhost'; r.urlopen(r.Request(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/sundhed/\", headers={'Host': host}), timeout=4)"]
CMD ["gunicorn", "pathways.wsgi"]
