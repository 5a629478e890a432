# Every image of Sidecart: `docker buildx bake` (docker-bake.hcl), or one by hand:
#   docker build --build-arg SERVICE=services/orders --tag sidecart/orders:dev .
#   docker build --target daprd --tag sidecart/daprd:dev .
# Node and Go by exact version. The distroless tags move with Debian's security updates: for builds that must repeat, give
# all of them by digest (docker buildx imagetools inspect).
ARG NODE_IMAGE=node:24.21.0-trixie-slim
ARG GO_IMAGE=golang:1.26.8-trixie
# A C library, certificates and a user, no shell. Node comes from NODE_IMAGE, so that it is the one that was tested.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:nonroot
ARG STATIC_IMAGE=gcr.io/distroless/static-debian13:nonroot

FROM ${NODE_IMAGE} AS node

# The machine that builds assembles for any other: npm is told which it is for.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS assembled
ARG SERVICE
ARG TARGETARCH
ARG SOURCE_DATE_EPOCH
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.npm \
    node images/stage.ts --service "${SERVICE}" --architecture "${TARGETARCH}" --out /out

FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build-node
FROM --platform=${BUILDPLATFORM} ${GO_IMAGE} AS dapr
ARG TARGETARCH
ARG SOURCE_DATE_EPOCH
COPY --from=build-node /usr/local/bin/node /usr/local/bin/node
COPY --from=build-node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    npm ci --workspace=local --omit=dev --omit=optional --ignore-scripts && \
    GOARCH="${TARGETARCH}" node images/stage.ts --daprd --architecture "${TARGETARCH}" --out /out

FROM ${STATIC_IMAGE} AS daprd
ARG VERSION=dev
ARG SOURCE=""
ARG REVISION=""
ARG CREATED="1970-01-01T00:00:00Z"
LABEL org.opencontainers.image.title="sidecart daprd" \
      org.opencontainers.image.description="Dapr's sidecar with the components that Sidecart uses, and its mends" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=dapr /out/sources/ /
USER 65532:65532
WORKDIR /
# No ENTRYPOINT: Dapr's injector names the program in the container's args.
ENTRYPOINT []
CMD ["/daprd"]

# For Tilt: files may be replaced while it runs, and a changed source starts the program again.
FROM node AS dev
COPY --from=assembled --chown=65532:65532 /out/packages/ /
COPY --from=assembled --chown=65532:65532 /out/sources/ /
COPY --chown=65532:65532 images/restarting.ts /app/
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["node"]
# Runs main.ts, and again when it is touched.
CMD ["restarting.ts"]

FROM ${RUNTIME_IMAGE} AS image
ARG SERVICE
ARG VERSION=dev
ARG SOURCE=""
ARG REVISION=""
ARG CREATED="1970-01-01T00:00:00Z"
LABEL org.opencontainers.image.title="sidecart ${SERVICE}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
# Packages and sources are layers of their own: services with the same packages share the first.
COPY --from=assembled /out/packages/ /
COPY --from=assembled /out/sources/ /
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["node"]
# A link to the service's src/main.ts.
CMD ["main.ts"]
