import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { MessageSecurityMode, OPCUACertificateManager, SecurityPolicy } from "node-opcua";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { ownCertificate } from "../../gateway/drivers/opcua/security/ownCertificate.ts";
import { readTrustList } from "../../gateway/drivers/opcua/security/trustList.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { issue, makeKey, writeFiles } from "./opcuaCertificates.ts";
import { gatewayIn } from "./opcuaSecurityBench.ts";
import { double, startOpcuaServer, type TestServer } from "./opcuaServer.ts";

const key = makeKey();

describe("OPC UA security of the channel", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  const gateway = () => gatewayIn(join(folder.path, "gateway"));
  beforeAll(async () => {
    folder = await temporaryFolder();
    const files = await writeFiles(folder.path, "server", await issue(key));
    server = await startOpcuaServer(folder.path, { nodes: { a: double(1) }, security: { files } });
    await gateway().meet(server.port);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  for (const security of ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"] as const) {
    for (const mode of ["Sign", "SignAndEncrypt"] as const) {
      test(`${security} ${mode} connects with just that, and reads`, async () => {
        const open = await gateway().open(server.port, { security, mode });
        try {
          const { endpoint } = open.session;
          expect(endpoint.securityPolicyUri).toBe(SecurityPolicy[security]);
          expect(endpoint.securityMode).toBe(MessageSecurityMode[mode]);
          expect(open.namespaces).toContain("urn:pilotline:test");
          expect(open.certificates.map(({ whose }) => whose)).toEqual(["own", "device"]);
          expect(open.warnings).toEqual([]);
        } finally {
          await open[Symbol.asyncDispose]();
        }
      });
    }
  }

  test("none works where it is written out, with a standing warning that names what the server offers", async () => {
    const open = await gateway().open(server.port, { security: "none" });
    await open[Symbol.asyncDispose]();
    expect(open.certificates).toEqual([]);
    expect(open.warnings).toHaveLength(1);
    expect(open.warnings[0]).toMatch(/neither signed nor encrypted.*offers .*Basic256Sha256 SignAndEncrypt.*none/);
  });

  test("nothing of a connection stays behind, neither of one that succeeds nor of one that fails", async () => {
    const open = await gateway().open(server.port);
    await open[Symbol.asyncDispose]();
    await gateway().refused(server.port, { user: { type: "password", name: "nobody", password: "x" } });
    // The server's own store is one of them.
    const left = () => OPCUACertificateManager.checkAllDisposed();
    expect(left).toThrow(/^1 CertificateManager/);
  });
});

test("a policy that the server does not offer is refused, with what it offers; there is no way down", async () => {
  await using folder = await temporaryFolder();
  await using server = await startOpcuaServer(folder.path, {
    nodes: { a: double(1) },
    security: {
      files: await writeFiles(folder.path, "server", await issue(key)),
      policies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
      modes: [MessageSecurityMode.None, MessageSecurityMode.Sign],
    },
  });
  const gateway = gatewayIn(folder.path);
  const { code, detail } = await gateway.refused(server.port, { security: "Aes256_Sha256_RsaPss" });
  expect(code).toBe("NOT_CONNECTED");
  expect(detail).toMatch(/does not offer `security: Aes256_Sha256_RsaPss` with `mode: SignAndEncrypt`/);
  expect(detail).toMatch(/only .*Basic256Sha256 Sign, none/);
  expect((await gateway.refused(server.port, { mode: "SignAndEncrypt" })).detail).toMatch(/does not offer/);
});

test("a server without `none` is not asked for it", async () => {
  await using folder = await temporaryFolder();
  await using server = await startOpcuaServer(folder.path, {
    nodes: { a: double(1) },
    security: {
      files: await writeFiles(folder.path, "server", await issue(key)),
      policies: [SecurityPolicy.Basic256Sha256],
      modes: [MessageSecurityMode.SignAndEncrypt],
    },
  });
  const { detail } = await gatewayIn(folder.path).refused(server.port, { security: "none" });
  expect(detail).toMatch(/does not offer `security: none`, only Basic256Sha256 SignAndEncrypt/);
});

describe("the gateway's own certificate", () => {
  const now = instant(Date.now());
  test("is made once, also by many at once, with host name and application URI; its key is for the gateway alone", async () => {
    await using folder = await temporaryFolder();
    const all = await Promise.all(Array.from({ length: 6 }, () => ownCertificate(folder.path, "edge-7", now)));
    const [own] = all;
    expect(new Set(all.map(({ thumbprint }) => thumbprint)).size).toBe(1);
    expect(own?.hosts).toEqual(["edge-7"]);
    expect(own?.uris).toEqual(["urn:edge-7:pilotline:gateway"]);
    expect((await stat(own!.privateKeyFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(own!.privateKeyFile, "utf8")).toMatch(/PRIVATE KEY/);
    expect((await ownCertificate(folder.path, "edge-7", now)).thumbprint).toBe(own?.thumbprint);
  });

  test("is made anew for another host name, and the old one is kept", async () => {
    await using folder = await temporaryFolder();
    const first = await ownCertificate(folder.path, "edge-7", now);
    const second = await ownCertificate(folder.path, "edge-8", now);
    expect(second.hosts).toEqual(["edge-8"]);
    const { own } = await readTrustList(folder.path);
    expect(own.map(({ thumbprint }) => thumbprint).toSorted()).toEqual(
      [first.thumbprint, second.thumbprint].toSorted(),
    );
  });

  test("that cannot be used is said with its file", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "opcua", "own", "certs"), { recursive: true });
    const file = join(folder.path, "opcua", "own", "certs", "pilotline-edge-7.pem");
    await writeFile(file, (await issue(key, { uri: "urn:other" })).pem);
    await expect(ownCertificate(folder.path, "edge-7", now)).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      detail: expect.stringContaining(`${file} does not belong to the key`),
    });
  });

  test("is refused by a server that does not know it: our thumbprint, and the file to import; then it is taken", async () => {
    await using folder = await temporaryFolder();
    const files = await writeFiles(folder.path, "server", await issue(key));
    const security = { files, isStrict: true };
    await using server = await startOpcuaServer(folder.path, { nodes: { a: double(1) }, security });
    const gateway = gatewayIn(join(folder.path, "gateway"));
    await gateway.meet(server.port);
    const own = await ownCertificate(gateway.folder, hostname(), now);
    const { code, detail } = await gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    expect(detail).toMatch(/the server refuses the gateway's own certificate/);
    expect(detail).toContain(own.thumbprint);
    expect(detail).toContain(`Import ${own.certificateFile}`);
    await server.trust(own.x509.raw);
    const open = await gateway.open(server.port);
    await open[Symbol.asyncDispose]();
  });
});
