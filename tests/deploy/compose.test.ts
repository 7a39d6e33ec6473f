import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { secretVariables } from "../../deploy/environmentFile.ts";
import { wantedUsers } from "../../ingest/broker/users.ts";
import { commands } from "../../pilotline.ts";
import { type CommandHelp, commandHelps } from "../docs/commandHelp.ts";
import { root } from "../docs/pages.ts";

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly user?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { file?: string; environment?: string }>>;
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const text = read("docker-compose.yml");
const compose: Compose = parse(text, { merge: true });
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === "pilotline");

let helps: readonly CommandHelp[] = [];
beforeAll(async () => {
  helps = await commandHelps();
}, 120_000);
const helpOf = (name: string) => helps.find((help) => help.name === name);

/** Values by option of a service's command line. */
const optionsOf = ({ command = [] }: Service): Readonly<Record<string, string>> =>
  Object.fromEntries(
    command.flatMap((word, i) => (word.startsWith("--") ? [[word.slice(2), command[i + 1] ?? ""]] : [])),
  );

/** A value as compose puts it in: `${NAME:-default}` and `${NAME:?why}`. */
function interpolated(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind: string, rest: string) => {
    const set = env[name];
    if (set) return set;
    if (kind === "?") throw new Error(`${name} ${rest}`);
    return kind === "-" ? rest : "";
  });
}

test("every command of the chain has its service, and only the simulators wait for their profile", () => {
  expect(ours.map(([name]) => name).sort()).toEqual(["dashboard", "gateway", "ingest", "simulators"]);
  expect(services.filter(([, { profiles }]) => profiles).map(([name]) => name)).toEqual(["simulators"]);
});

test("images are pinned, and nothing runs as root or may become it", () => {
  for (const [name, { image, ...service }] of services) {
    expect(image, name).toMatch(/^(pilotline|[a-z-]+:\d+\.\d+)$/);
    if (image.startsWith("influxdb")) continue;
    expect(interpolated(service.user ?? "", {}), name).toBe("1000:1000");
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
  }
});

describe.each(ours)("service %s", (_name, service) => {
  const [command = ""] = service.command ?? [];

  test("calls a command with options that it has", () => {
    expect(Object.keys(commands)).toContain(command);
    // A command whose room does not exist yet has no help to compare with.
    const help = helpOf(command);
    if (help) expect(help.options).toEqual(expect.arrayContaining(Object.keys(optionsOf(service))));
  });

  test("sets only variables that the command or the example plant reads", () => {
    const example = existsSync(join(root, "plant.example.yaml")) ? read("plant.example.yaml") : "PILOTLINE_SIM_";
    const help = helpOf(command);
    for (const name of Object.keys(service.environment ?? {})) {
      if (name.startsWith("PILOTLINE_SIM_")) expect(example).toContain(example === "PILOTLINE_SIM_" ? example : name);
      else if (help) expect(help.environment, name).toContain(name);
    }
  });

  test("has every secret that it names, and names every secret that it has", () => {
    const words = [...(service.command ?? []), ...Object.values(service.environment ?? {})].map(String);
    const named = words.flatMap((word) => [...word.matchAll(/\/run\/secrets\/([a-z-]+)/g)].map((match) => match[1]));
    expect([...new Set(named)].sort()).toEqual([...(service.secrets ?? [])].sort());
  });

  test("reaches the services that it names over a network that both have", () => {
    const words = [...(service.command ?? []), ...Object.values(service.environment ?? {})].map(String);
    for (const host of words.flatMap((word) =>
      [...word.matchAll(/(?:mqtt|http):\/\/([a-z]+):/g)].map((match) => match[1] ?? ""),
    )) {
      const other = compose.services[host];
      expect(
        other?.networks?.some((network) => service.networks?.includes(network)),
        host,
      ).toBe(true);
    }
  });
});

test("networks, volumes and secrets are declared, and what is mounted exists or is made by `secrets`", () => {
  const made = ["./data/mosquitto", "./plant.yaml"];
  for (const [name, service] of services) {
    expect(Object.keys(compose.networks), name).toEqual(expect.arrayContaining([...(service.networks ?? [])]));
    expect(Object.keys(compose.secrets), name).toEqual(expect.arrayContaining([...(service.secrets ?? [])]));
    for (const volume of service.volumes ?? []) {
      const [source = ""] = volume.split(":");
      if (!source.startsWith(".")) expect(Object.keys(compose.volumes), name).toContain(source);
      else expect(made.includes(source) || existsSync(join(root, source)), volume).toBe(true);
    }
  }
});

test("each process gets its own credential, by the name that the broker knows", () => {
  const files = Object.fromEntries(Object.entries(compose.secrets).map(([name, { file = "" }]) => [name, file]));
  const usernames = wantedUsers(["edge-1"]).map(({ username }) => username);
  for (const process of ["ingest", "dashboard", "gateway"]) {
    expect(compose.services[process]?.secrets?.filter((name) => name.startsWith("broker-"))).toEqual([
      `broker-${process}`,
    ]);
    const name = /\/broker\/(.*)\.json$/.exec(interpolated(files[`broker-${process}`] ?? "", {}))?.[1];
    expect(usernames).toContain(name);
  }
});

test("without .env nothing starts, and each missing value is named", () => {
  const required = [...text.matchAll(/\$\{([A-Z_]+):\?([^}]+)\}/g)];
  const names = new Set(required.map((match) => match[1]));
  expect(names).toEqual(new Set([...secretVariables, "PILOTLINE_ORIGIN", "PILOTLINE_TLS_CERT", "PILOTLINE_TLS_KEY"]));
  for (const [whole, name] of required) expect(() => interpolated(whole, {})).toThrow(`${name} is missing`);
  for (const line of text.split("\n").filter((other) => /PASSWORD|TOKEN:/.test(other) && !other.includes("_FILE"))) {
    expect(line).toMatch(/\$\{[A-Z_]+:\?/);
  }
});

test("ports agree: broker, pages, simulators", () => {
  const listener = /^listener (\d+)$/m.exec(read("deploy/mosquitto/mosquitto.conf"))?.[1];
  expect([...text.matchAll(/mqtt:\/\/broker:(\d+)/g)].map((match) => match[1])).toEqual([listener, listener, listener]);
  expect(compose.services.broker?.ports).toBeUndefined();

  const { dashboard, simulators, gateway } = compose.services;
  const page = optionsOf(dashboard as Service).listen?.split(":")[1];
  expect(dashboard?.ports?.map((port) => interpolated(port, {}))).toEqual([`${page}:${page}`]);

  const faces = optionsOf(simulators as Service);
  expect(gateway?.environment).toMatchObject({
    PILOTLINE_SIM_HOST: "simulators",
    PILOTLINE_SIM_OPCUA_PORT: faces["opcua-port"],
    PILOTLINE_SIM_MODBUS_PORT: faces["modbus-port"],
  });
});

test("InfluxDB's bucket is the database that ingest and dashboard use", () => {
  const bucket = compose.services.influxdb?.environment?.DOCKER_INFLUXDB_INIT_BUCKET;
  for (const name of ["ingest", "dashboard"]) {
    expect(compose.services[name]?.environment).toMatchObject({
      PILOTLINE_STORE: "influx",
      PILOTLINE_INFLUX_DATABASE: bucket,
      PILOTLINE_INFLUX_URL: "http://influxdb:8086",
    });
  }
});

test("Mosquitto's configuration reads what `secrets` makes, and lets nobody in without a name", () => {
  const conf = read("deploy/mosquitto/mosquitto.conf");
  const mounted = compose.services.broker?.volumes
    ?.find((volume) => volume.startsWith("./data/mosquitto:"))
    ?.split(":")[1];
  expect(conf).toMatch(/^allow_anonymous false$/m);
  expect(conf).toContain(`password_file ${mounted}/passwd`);
  expect(conf).toContain(`acl_file ${mounted}/acl`);
});

describe("the image", () => {
  const dockerfile = read("Dockerfile");

  test("has the Node that the project has", () => {
    const [major] = String(JSON.parse(read("package.json")).dependencies.node).split(".");
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    expect(bases).toEqual([`node:${major}-bookworm-slim`, `node:${major}-bookworm-slim`]);
  });

  test("contains every room that a command lives in, and no secret", () => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build (.+) \S+$/gm)].flatMap(([, paths = ""]) =>
      paths.split(" "),
    );
    for (const { script } of Object.values(commands)) {
      expect(copied, script).toContain(`/app/${script.includes("/") ? script.split("/")[0] : script}`);
    }
    expect(copied).toContain("/app/shared");
    const ignored = read(".dockerignore").split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".env", "data", ".git", "node_modules", "plant.yaml"]));
    expect(
      dockerfile
        .trimEnd()
        .split("\n")
        .findLast((line) => line.startsWith("USER")),
    ).toBe("USER $OWNER");
  });
});
