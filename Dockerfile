# One image for all processes: `docker run pilotline <command>`, commands as in docs/commands.md.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image's own Node is the one that runs: the npm package `node` need not fetch another.
RUN npm ci --ignore-scripts
COPY . .
RUN npx vite build dashboard/web --logLevel warn && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/shared ./shared
COPY --from=build /app/gateway ./gateway
COPY --from=build /app/ingest ./ingest
COPY --from=build /app/dashboard ./dashboard
COPY --from=build /app/simulators ./simulators
COPY --from=build /app/deploy ./deploy
COPY --from=build /app/pilotline.ts /app/demo.ts /app/plant.example.yaml ./
# Who runs the processes and owns /data: a named volume takes its owner from here.
ARG OWNER=1000:1000
RUN mkdir /data && chown "$OWNER" /data
USER $OWNER
ENTRYPOINT ["node", "pilotline.ts"]
CMD ["--help"]
