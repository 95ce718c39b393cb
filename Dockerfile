# Two stages: one that builds, and one with no more in it than what runs.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

RUN python -m venv /opt/buurtpraat
COPY requirements.txt ./
RUN /opt/buurtpraat/bin/pip install --require-hashes -r requirements.txt

# The tool that builds the wheel comes from the pinned development requirements, and stays in this stage.
COPY requirements-dev.txt ./
RUN python -m venv /opt/tools && /opt/tools/bin/pip install --require-hashes -r requirements-dev.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY conversations ./conversations
RUN /opt/tools/bin/python -m build --wheel --no-isolation --outdir /dist \
    && /opt/buurtpraat/bin/pip install --no-deps --no-index /dist/*.whl


FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /data --create-home buurtpraat
COPY --from=build /opt/buurtpraat /opt/buurtpraat

ENV PATH=/opt/buurtpraat/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data LISTEN=0.0.0.0:8080
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health', timeout=4)"]

ENTRYPOINT ["buurtpraat"]
CMD ["run"]
