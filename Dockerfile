# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/enrichd
COPY requirements.lock ./
# The lock covers the extras that tests need; the image needs neither test tools nor embedded servers.
COPY deploy/runtime_requirements.py deploy/
COPY pyproject.toml README.md LICENSE ./
RUN python -m venv /tmp/locked \
    && /tmp/locked/bin/pip install --quiet --require-hashes -r requirements.lock \
    && /tmp/locked/bin/python deploy/runtime_requirements.py requirements.lock > runtime.lock \
    && /opt/enrichd/bin/pip install --quiet --require-hashes -r runtime.lock
COPY config ./config
COPY worker ./worker
RUN /tmp/locked/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && /opt/enrichd/bin/pip install --quiet --no-deps /tmp/wheel/*.whl \
    && /opt/enrichd/bin/python -m compileall -q /opt/enrichd/lib

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 enrichd && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin enrichd
COPY --from=build /opt/enrichd /opt/enrichd
ENV PATH=/opt/enrichd/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EMBEDDED=never \
    LOG_FORMAT=json \
    HEALTH_CHECK_HOST=0.0.0.0 \
    HEALTH_CHECK_PORT=3001
USER 10001:10001
WORKDIR /tmp
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['HEALTH_CHECK_PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["enrichd"]
CMD ["run"]
