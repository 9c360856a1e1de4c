# Two stages: what builds stays behind. The image holds Python, the hash-locked packages and the rooms.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/maillage
COPY requirements.lock ./
RUN /opt/maillage/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY graph graph
COPY search search
COPY importers importers
COPY api api
RUN /opt/maillage/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/maillage/bin/pip uninstall --yes setuptools pip
# Who runs the image cannot write there: what is made of the lists is made now.
RUN cd / && /opt/maillage/bin/python -c "from search.understand import Reader; Reader()"

FROM python:3.11-slim
RUN groupadd --gid 10001 maillage \
 && useradd --uid 10001 --gid maillage --no-create-home --shell /usr/sbin/nologin maillage \
 && install --directory --owner maillage --group maillage /data /data/metrics
COPY --from=build /opt/maillage /opt/maillage
ENV PATH=/opt/maillage/bin:$PATH PYTHONDONTWRITEBYTECODE=1 MAILLAGE_DATA=/data MAILLAGE_LOG=json
WORKDIR /data
VOLUME /data
USER maillage
EXPOSE 8000
ENTRYPOINT ["maillage"]
CMD ["serve"]
