# One image for web, worker, reconciler and migrations; docker-compose.yml starts them.

FROM python:3.11-slim AS packages
WORKDIR /build
COPY requirements/base.lock requirements/uv-bootstrap.lock requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
        -r requirements/uv-bootstrap.lock \
    && uv venv --no-project --python /usr/local/bin/python /opt/venv \
    && uv pip sync --no-cache --require-hashes --only-binary :all: --compile-bytecode \
        --python /opt/venv/bin/python requirements/base.lock
# The client; uv builds it itself, so nothing is fetched for it.
COPY pyproject.toml README.md LICENSE ./
COPY swapctl swapctl
RUN uv pip install --no-deps --offline --python /opt/venv/bin/python .

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /nonexistent swapboard \
    && install -d -o swapboard -g swapboard -m 0700 /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
# The settings want a key; the one they make here is gone before the layer is written.
RUN mkdir staticfiles && DATA_DIR=/tmp/build python manage.py collectstatic --noinput \
    && rm -rf /tmp/build
USER swapboard
EXPOSE 8000
VOLUME /data
CMD ["gunicorn", "--config", "python:controlpanel.webserver", "--bind", "0.0.0.0:8000"]
