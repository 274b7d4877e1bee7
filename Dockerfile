# The server as an image: compiled program, production dependencies, shipped templates and mappings; nothing else.
# It needs a Postgres (DATABASE_URL): the embedded one is an optional package and left out.
#
#   docker build --build-arg CAUSEWAY_VERSION=0.1.0 --build-arg CAUSEWAY_COMMIT=$(git rev-parse HEAD) -t causeway:0.1.0 .
#
# Node 24: the release line with long-term support that lasts longest (April 2028); 20 gets no security fixes any more.
# Debian's slim image and not Alpine: the tests run on glibc.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The compiler is an optional package for this platform, so optional ones are not left out here; scripts are not run,
# because the only ones would prepare the embedded Postgres.
RUN npm ci --ignore-scripts --no-progress
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-progress

FROM ${NODE_IMAGE}
ARG CAUSEWAY_VERSION=
ARG CAUSEWAY_COMMIT=
LABEL org.opencontainers.image.title="Causeway" \
      org.opencontainers.image.description="Maps health data between openEHR and FHIR" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${CAUSEWAY_VERSION}" \
      org.opencontainers.image.revision="${CAUSEWAY_COMMIT}"
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY migrations migrations
COPY templates templates
COPY mappings mappings
RUN chmod 755 dist/src/cli/causeway.js && ln -s /app/dist/src/cli/causeway.js /usr/local/bin/causeway
# DATA_DIR would only be used by the embedded database; with a read-only root nothing but /tmp can be written.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATA_DIR=/tmp/causeway \
    BOOTSTRAP_DIRS=/app/templates:/app/mappings \
    CAUSEWAY_VERSION=${CAUSEWAY_VERSION} \
    CAUSEWAY_COMMIT=${CAUSEWAY_COMMIT}
# The account `node` of the base image, as a number: Kubernetes can only check numbers for runAsNonRoot.
USER 1000:1000
EXPOSE 8080 7800
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node is the first process: `env` in the first line of the program replaces itself with it, so that SIGTERM arrives.
ENTRYPOINT ["causeway"]
CMD ["serve"]
