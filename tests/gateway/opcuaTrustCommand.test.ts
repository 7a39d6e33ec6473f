import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { certificateOf } from "../../gateway/drivers/opcua/security/certificate.ts";
import { ownCertificate } from "../../gateway/drivers/opcua/security/ownCertificate.ts";
import { keepRefused, readTrustList } from "../../gateway/drivers/opcua/security/trustList.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Issued, issue, makeKey } from "./opcuaCertificates.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const endpoint = "opc.tcp://plc-1:4840";

/** Runs `pilotline trust` as a process. */
function trust(folder: string, ...args: readonly string[]) {
  const whole = ["pilotline.ts", "trust", "--gateway-data", folder, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, whole, { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("pilotline trust", () => {
  let one: Issued;
  let other: Issued;
  beforeAll(async () => {
    const key = makeKey();
    one = await issue(key, { name: "PLC 1" });
    other = await issue(key, { name: "PLC 2" });
  });

  /** A folder in which both were refused. */
  async function gatewayFolder() {
    const folder = await temporaryFolder();
    for (const { pem } of [one, other]) await keepRefused(folder.path, certificateOf(pem), endpoint);
    return folder;
  }
  const kept = async (folder: string) => {
    const { trusted, refused } = await readTrustList(folder);
    const names = (list: typeof trusted) => list.map(({ subject }) => subject).toSorted();
    return { trusted: names(trusted), refused: names(refused) };
  };

  test("lists what is trusted, refused and the gateway's own, with thumbprint, subject, validity and endpoint", async () => {
    await using folder = await gatewayFolder();
    const own = await ownCertificate(folder.path, "edge-7", instant(Date.now()));
    trust(folder.path, one.thumbprint);
    const { status, stdout } = trust(folder.path);
    expect(status).toBe(0);
    const [trusted = "", refused = "", ours = ""] = stdout.split(/^Refused:|^The gateway's own.*$/m);
    expect(trusted).toMatch(
      new RegExp(`^Trusted:\n  ${one.thumbprint}  CN=PLC 1; valid 20..-..-.. to 20..-..-..; ${endpoint}`),
    );
    expect(refused).toContain(`${other.thumbprint}  CN=PLC 2; valid`);
    expect(ours).toContain(own.thumbprint);
  });

  test("takes the beginning of a thumbprint, with colons and in lower case as some servers show it", async () => {
    await using folder = await gatewayFolder();
    const colons = one.thumbprint
      .toLowerCase()
      .replace(/(..)(?=.)/g, "$1:")
      .slice(0, 11);
    const { status, stdout } = trust(folder.path, colons);
    expect(status).toBe(0);
    expect(stdout).toContain(`${one.thumbprint} (CN=PLC 1) is trusted.`);
    expect(await kept(folder.path)).toEqual({ trusted: ["CN=PLC 1"], refused: ["CN=PLC 2"] });
    expect(trust(folder.path, one.thumbprint).stdout).toContain("is already trusted");
  });

  test("takes trust back, and says so where there was none", async () => {
    await using folder = await gatewayFolder();
    trust(folder.path, one.thumbprint);
    expect(trust(folder.path, one.thumbprint, "--remove")).toMatchObject({ status: 0 });
    expect(await kept(folder.path)).toEqual({ trusted: [], refused: ["CN=PLC 1", "CN=PLC 2"] });
    const again = trust(folder.path, one.thumbprint, "--remove");
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining("is not trusted; nothing is changed") });
  });

  test("trusts one that lies among the refused twice, and then it lies there no more", async () => {
    await using folder = await gatewayFolder();
    // The protocol stack gives it a name of its own.
    await writeFile(join(folder.path, "opcua", "rejected", `PLC 1[${one.thumbprint.toLowerCase()}].pem`), one.pem);
    expect(trust(folder.path, one.thumbprint).status).toBe(0);
    expect(await kept(folder.path)).toEqual({ trusted: ["CN=PLC 1"], refused: ["CN=PLC 2"] });
  });

  test("refuses what it does not know, what is too short, and the gateway's own, with a remedy each", async () => {
    await using folder = await gatewayFolder();
    const own = await ownCertificate(folder.path, "edge-7", instant(Date.now()));
    const cases = [
      { args: ["00000000FF"], status: 1, says: "holds no certificate whose thumbprint begins with 00000000FF" },
      { args: [one.thumbprint.slice(0, 7)], status: 2, says: "at least its first 8 hexadecimal digits" },
      { args: ["not-hexadecimal"], status: 2, says: "is no thumbprint" },
      { args: [own.thumbprint], status: 1, says: "the servers have to trust it" },
      { args: ["--remove"], status: 2, says: "go with a thumbprint" },
    ];
    for (const { args, status, says } of cases) {
      expect(trust(folder.path, ...args)).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(says) });
    }
    expect((await kept(folder.path)).trusted).toEqual([]);
    const nothing = trust(join(folder.path, "nothing"));
    expect(nothing).toMatchObject({ status: 1, stderr: expect.stringContaining("<data>/gateway/<id>") });
  });
});

test("a server that shows ever new certificates fills no disk: the oldest refused ones go", async () => {
  await using folder = await temporaryFolder();
  const rejected = join(folder.path, "opcua", "rejected");
  await mkdir(rejected, { recursive: true });
  const key = makeKey();
  for (let i = 0; i < 105; i++) {
    await keepRefused(folder.path, certificateOf((await issue(key, { name: `n${i}` })).pem), endpoint);
  }
  expect((await readdir(rejected)).length).toBe(100);
  const { refused } = await readTrustList(folder.path);
  expect(refused.map(({ subject }) => subject)).toContain("CN=n104");
});
