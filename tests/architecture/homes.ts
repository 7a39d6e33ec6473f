import { perFile, type Rule } from "./rule.ts";

/** Where each third-party package may be imported; a path ending in `/` is a folder. Tests may import all of them. */
const homes: Readonly<Record<string, readonly string[]>> = {
  mqtt: ["shared/wire/"],
  aedes: ["ingest/broker/"],
  "node-opcua": ["gateway/drivers/opcua/", "simulators/faces/"],
  "modbus-serial": ["gateway/drivers/modbus/"],
  "@influxdata/influxdb-client": ["shared/store/"],
  "node:sqlite": ["shared/store/", "shared/kit/folderLock.ts", "dashboard/server/accounts/"],
  nodemailer: ["ingest/notify/channels/mail.ts"],
  fastify: ["dashboard/server/"],
  "@fastify/cookie": ["dashboard/server/"],
  "@fastify/helmet": ["dashboard/server/"],
  "@fastify/rate-limit": ["dashboard/server/"],
  "@fastify/static": ["dashboard/server/"],
  "@fastify/swagger": ["dashboard/server/"],
  "socket.io": ["dashboard/server/"],
  "socket.io-parser": ["dashboard/server/"],
  typebox: ["shared/plant/", "shared/wire/", "dashboard/server/"],
  yaml: ["shared/plant/", "simulators/replay/", "simulators/faults/"],
  pino: ["shared/kit/log.ts"],
  vue: ["dashboard/web/"],
  "vue-router": ["dashboard/web/"],
  "reka-ui": ["dashboard/web/"],
  uplot: ["dashboard/web/"],
  "socket.io-client": ["dashboard/web/"],
  vite: ["dashboard/web/vite.config.ts", "dashboard/build.ts"],
  "@vitejs/plugin-vue": ["dashboard/web/vite.config.ts"],
  vitest: ["vitest.config.ts"],
  protobufjs: [],
  "fast-check": [],
  "smtp-server": [],
  "playwright-core": [],
  "@axe-core/playwright": [],
  typescript: [],
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Each third-party client has one home, so that it can be replaced there. */
export const homeRule: Rule = perFile(({ file, imports }) => {
  if (file.startsWith("tests/")) return [];
  return imports.flatMap((given) => {
    if (given.file !== undefined) return [];
    const name = packageOf(given.specifier);
    const places = Object.hasOwn(homes, name) ? homes[name] : undefined;
    if (!places) {
      if (name.startsWith("node:")) return [];
      return [{ line: given.line, what: `\`${name}\` has no home: give it one in tests/architecture/homes.ts` }];
    }
    if (places.some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place))) return [];
    const where = places.length === 0 ? "tests" : places.join(", ");
    return [{ line: given.line, what: `\`${name}\` may be imported only in ${where}` }];
  });
});

/** A home for a package that nobody has is a leftover. */
export const homelessPackages = (dependencies: readonly string[]): readonly string[] =>
  Object.keys(homes).filter((name) => !name.startsWith("node:") && !dependencies.includes(name));
