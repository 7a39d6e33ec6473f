import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { commands } from "../../pilotline.ts";
import { temporaryFolder } from "../fakes/folder.ts";

/** Loaded before the process: says so when a socket is opened in either direction. */
const watch = `data:text/javascript,${encodeURIComponent(`
  import net from "node:net";
  for (const [owner, name] of [[net.Server, "listen"], [net.Socket, "connect"]]) {
    const original = owner.prototype[name];
    owner.prototype[name] = function (...args) {
      process.stderr.write("SOCKET " + name + "\\n");
      return original.apply(this, args);
    };
  }
`)}`;

const start = (script: string, plant: string, data: string) =>
  spawnSync(process.execPath, ["--import", watch, script, "--plant", plant, "--data", data, "--log", "error"], {
    encoding: "utf8",
    env: {},
    timeout: 20_000,
  });

test("the watch sees a socket that is opened", () => {
  const script = "require('node:net').createServer().listen(0, function () { this.close(); })";
  const { stderr } = spawnSync(process.execPath, ["--import", watch, "-e", script], { encoding: "utf8" });
  expect(stderr).toBe("SOCKET listen\n");
});

test.each(["gateway", "ingest", "dashboard"] as const)(
  "a mistake in the plant file stops %s before any socket opens",
  async (name) => {
    await using folder = await temporaryFolder();
    const { status, stderr } = start(commands[name].script, "tests/cases/plant/unknown-key.bad.yaml", folder.path);
    expect(stderr).toContain("unknown-key.bad.yaml:35:13: lines[0].equipment[0].tags[0].units: unknown key `units`");
    expect(stderr).not.toContain("SOCKET");
    expect(status).toBe(1);
    expect(await readdir(folder.path)).toEqual([]);
  },
);
