# Two stages: the compiler and the development packages stay in the first.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The sources are not there yet, so the build that `npm ci` would start waits for the next step.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts
# What a sink, the history or an engine loads where it is installed, in the versions that are tested: some 90 MB.
RUN npm install --save-prod --omit=dev --ignore-scripts $(node -p " \
    const { packages } = require('./package-lock.json'); \
    const { peerDependencies } = require('./package.json'); \
    Object.keys(peerDependencies).map((name) => name + '@' + packages['node_modules/' + name].version).join(' ')")

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --from=build --chown=node:node /app/pipeline.config.ts ./
# Whoever the container runs as, runs are kept; mount a volume there to take one up in another container.
RUN mkdir out && chown node:node out && mkdir -m 1777 .pipeline
USER node
# Node is process 1 and handles SIGTERM and SIGINT itself: the first stops the fetching and writes what there is.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["run"]
