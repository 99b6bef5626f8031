# One file for every image:
#   docker build --build-arg SERVICE=referral -t throughline/referral .          a service (the last stage)
#   docker build --target identity-provider -t throughline/identity-provider .   development and tests only
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# Only what npm reads: the layers with packages are built anew when a manifest changes, not when code does.
COPY package.json package-lock.json ./
COPY libs/shared/package.json libs/shared/
COPY services/referral/package.json services/referral/
COPY services/case-management/package.json services/case-management/
COPY services/services-directory/package.json services/services-directory/
COPY services/reporting/package.json services/reporting/
COPY tools/embedded-mongo/package.json tools/embedded-mongo/
COPY tools/docs/package.json tools/docs/
COPY tools/platform/package.json tools/platform/
COPY e2e/package.json e2e/

FROM manifests AS sources
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.base.json ./
COPY libs libs
COPY services services
COPY tools tools

FROM sources AS compiled
ARG SERVICE
RUN test -n "${SERVICE}" || { echo 'Name the service: --build-arg SERVICE=referral' >&2; exit 1; }
RUN node_modules/.bin/tsc -b "services/${SERVICE}" \
    && rm -rf "services/${SERVICE}/src" libs/shared/src "services/${SERVICE}/dist/.tsbuildinfo"

FROM manifests AS production
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts && npm cache clean --force

FROM sources AS identity-provider
RUN node_modules/.bin/tsc -b tools/platform && install -d -o node -g node /data
USER node
ENV NODE_ENV=development HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=12 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/.well-known/openid-configuration`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "tools/platform/dist/identity-provider/main.js"]

FROM ${NODE_IMAGE} AS service
ARG SERVICE
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=production /app/package.json ./
COPY --from=production /app/node_modules node_modules
COPY --from=compiled /app/libs/shared libs/shared
COPY --from=compiled /app/services/${SERVICE} services/${SERVICE}
WORKDIR /app/services/${SERVICE}
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=12 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node runs as process 1 without an init: it handles SIGTERM itself, drains and ends, and starts no children to reap.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/main.js"]
