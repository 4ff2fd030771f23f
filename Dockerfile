# One image for every process of Wanbi; the command decides which. The root file system may be read-only.
ARG PYTHON_IMAGE=python:3.11.16-slim-trixie

FROM ${PYTHON_IMAGE} AS dependencies
# Give --build-arg PIP_INDEX_URL=… where packages come from a mirror; the hashes hold wherever they come from.
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/runtime.lock /requirements.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes --no-deps --only-binary :all: --requirement /requirements.lock

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wanbi
RUN install --directory --owner=wanbi --group=wanbi --mode=700 /keys
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WANBI_DATA=/tmp/wanbi \
    WANBI_ENVIRONMENT=production
RUN python -m compileall -q /app
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "deploy/healthcheck.py", "http://127.0.0.1:8000/health/ready"]
CMD ["uvicorn", "api.main:app", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--log-config", "deploy/uvicorn-logs.json"]
