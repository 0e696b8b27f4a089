# One image: the API, the built web that it serves, and `provision` for the operator.

FROM node:24-slim AS web
WORKDIR /src/apps/web
COPY apps/web/package.json apps/web/package-lock.json apps/web/.npmrc ./
RUN npm ci
COPY apps/web ./
# Without VITE_API_BASE the web calls the origin that it is served from.
RUN npm run build

FROM rust:1.95-slim-bookworm AS server
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY migrations-control migrations-control
COPY migrations-tenant migrations-tenant
COPY crates crates
# One by one: a change in the web builds no Rust again.
COPY apps/api apps/api
COPY apps/bench apps/bench
COPY apps/demo apps/demo
COPY apps/provision apps/provision
COPY apps/simulator apps/simulator
RUN cargo build --locked --profile dist --package api --package provision

FROM debian:bookworm-slim
# The certificate authorities are for calls to Meta.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin centralita \
    && install --directory --owner=10001 /data/media
COPY --from=server /src/target/dist/api /src/target/dist/provision /usr/local/bin/
COPY --from=web /src/apps/web/dist /app/web
# Mount a volume here, or name a bucket: what customers sent is kept nowhere else for long.
ENV WEB_DIR=/app/web LOG_FORMAT=json MEDIA_URL=file:///data/media
USER 10001
# PORT moves it.
EXPOSE 3000
CMD ["api"]
