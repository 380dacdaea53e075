# One image for `audit web`, `audit worker` and `audit serve`. `make image-check` builds and runs it.
ARG PYTHON_IMAGE=docker.io/library/python:3.12-slim-bookworm

# What installs: the pinned uv, in an environment of its own.
FROM ${PYTHON_IMAGE} AS installer
ENV UV_NO_CACHE=1 UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY requirements/uv.lock requirements/
RUN python -m venv /opt/installer \
    && /opt/installer/bin/python -m pip install --no-cache-dir --require-hashes -r requirements/uv.lock

# The scanners' environment, apart: semgrep pins much of what the application has newer.
FROM installer AS scanners
COPY requirements/scanners.lock requirements/
RUN /opt/installer/bin/uv venv --python "$(command -v python)" .venv-scanners \
    && /opt/installer/bin/uv pip install --python .venv-scanners/bin/python \
        --require-hashes -r requirements/scanners.lock

# The application. Editable, so that rules, templates and migrations are read where they are tested: in the tree.
FROM installer AS application
COPY requirements/app.in requirements/app.lock requirements/
RUN /opt/installer/bin/uv venv --python "$(command -v python)" .venv \
    && /opt/installer/bin/uv pip install --python .venv/bin/python \
        --require-hashes -r requirements/app.lock
COPY . .
# The build back-end comes from the development lock, checked against its hash there.
RUN /opt/installer/bin/uv pip install --python .venv/bin/python --no-deps \
        --build-constraints requirements/dev.lock -e .

FROM ${PYTHON_IMAGE}
# bubblewrap and util-linux (unshare) box the scanners, git fetches, tini reaps what boxes leave behind.
# hadolint ignore=DL3008 # an exact Debian version is gone from the mirrors at the next point release
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ca-certificates git tini util-linux \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home audit
COPY --from=scanners /app/.venv-scanners /app/.venv-scanners
COPY --from=application /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SEMGREP_ENABLE_VERSION_CHECK=0 \
    SEMGREP_SEND_METRICS=off \
    AUDIT_DATA_DIR=/data
# Code belongs to root: the process can write to its data and nothing else.
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# For the web; a worker has no port: run it with --no-healthcheck.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["audit", "web", "--host", "0.0.0.0", "--port", "8080"]
