// The independent servers, clients and browser that the tests use, and how they come onto a machine.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Peer {
  readonly name: string;
  /** Debian package. */
  readonly debian: string;
  readonly programs: readonly string[];
}

const peers: readonly Peer[] = [
  { name: "Mosquitto", debian: "mosquitto", programs: ["/usr/sbin/mosquitto"] },
  { name: "Mosquitto's command line", debian: "mosquitto-clients", programs: ["/usr/bin/mosquitto_sub"] },
  { name: "InfluxDB 1.6", debian: "influxdb", programs: ["/usr/bin/influxd"] },
  { name: "Chromium", debian: "chromium", programs: ["/usr/bin/chromium"] },
  {
    name: "Chinese fonts",
    debian: "fonts-noto-cjk",
    programs: ["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
  },
  { name: "mbpoll", debian: "mbpoll", programs: ["/usr/bin/mbpoll"] },
  { name: "socat", debian: "socat", programs: ["/usr/bin/socat"] },
];

/** Python implementations of both protocols, in an environment of their own. */
const pythonPackages = ["pymodbus==3.16.1", "asyncua==2.1.0", "pyserial==3.5"];
/** Packages that a machine may lack although it has the others, each installed for itself. */
const optionalPackages = [
  // open62541 as a wheel: a closed build of its own maker that runs ten minutes without a licence.
  { name: "open62541", module: "o6", package: "o6==2.2.0" },
  { name: "pysparkplug", module: "pysparkplug", package: "pysparkplug==0.6.1" },
] as const;

export interface Missing {
  readonly name: string;
  readonly why: string;
}

const isThere = ({ programs }: Peer): boolean => programs.every((path) => existsSync(path));

const run = (command: string, args: readonly string[], quiet = true): boolean =>
  spawnSync(command, args, {
    stdio: quiet ? "ignore" : "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

/** Installs what is missing where that is possible; what stays missing is named, never silently left out. */
export function preparePeers(say: (line: string) => void): {
  environment: Readonly<Record<string, string>>;
  missing: readonly Missing[];
} {
  const absent = peers.filter((peer) => !isThere(peer));
  const isDebian = existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
  const mayInstall = isDebian && process.getuid?.() === 0;
  if (absent.length > 0 && mayInstall) {
    say(`Installing ${absent.map(({ debian }) => debian).join(", ")} …`);
    run("apt-get", ["update", "-qq"]);
    // One by one: a release that lacks one of them still gets the others.
    for (const { debian } of absent) run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", debian]);
  }
  const why = mayInstall ? "its Debian package could not be installed" : "not installed, and not root on Debian";
  const missing = absent.filter((peer) => !isThere(peer)).map(({ name }) => ({ name, why }));

  const python = preparePython(say);
  if (!python) {
    return {
      environment: {},
      missing: [
        ...missing,
        { name: "pymodbus, asyncua, open62541 and pysparkplug", why: "no Python 3 with venv, or no registry" },
      ],
    };
  }
  const lacks = (module: string) => !run(python, ["-c", `import ${module}`]);
  for (const { module, package: wanted } of optionalPackages) {
    if (lacks(module)) run(python, ["-m", "pip", "install", "--quiet", wanted]);
  }
  const still = optionalPackages.filter(({ module }) => lacks(module));
  return {
    environment: { PILOTLINE_PYTHON: python },
    missing: [
      ...missing,
      ...still.map((one) => ({ name: one.name, why: `no wheel of ${one.package} for this Python` })),
    ],
  };
}

/** The interpreter that has the Python peers, or undefined. */
function preparePython(say: (line: string) => void): string | undefined {
  const home = fileURLToPath(new URL("../.cache/peers", import.meta.url));
  const python = join(home, "bin", "python");
  const works = () => existsSync(python) && run(python, ["-c", "import asyncua, pymodbus, serial"]);
  if (works()) return python;
  say(`Installing ${pythonPackages.join(", ")} …`);
  const made =
    run("python3", ["-m", "venv", home]) && run(python, ["-m", "pip", "install", "--quiet", ...pythonPackages]);
  return made && works() ? python : undefined;
}
