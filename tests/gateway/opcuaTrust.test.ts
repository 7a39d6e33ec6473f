import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { hours, later } from "#shared/model/time.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { readTrustList } from "../../gateway/drivers/opcua/security/trustList.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Issued, issue, makeKey, revocationList, type Wanted, writeFiles } from "./opcuaCertificates.ts";
import { type Gateway, gatewayIn, securedDevice } from "./opcuaSecurityBench.ts";
import { double, startOpcuaServer, type TestServer } from "./opcuaServer.ts";

const key = makeKey();
const otherKey = makeKey();

/** Runs the command that an error prints, as a person would type it. */
async function type(commandLine: string): Promise<string> {
  const [, , , , ...args] = commandLine.split(" ");
  return new Promise((resolve, reject) =>
    execFile(process.execPath, ["pilotline.ts", ...args], (error, stdout) => (error ? reject(error) : resolve(stdout))),
  );
}

const commandIn = (detail: string): string => /npm run pilotline -- trust .*$/.exec(detail)?.[0] ?? "";

interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly gateway: Gateway;
  serve(certificate: Issued, options?: Serve): Promise<TestServer>;
}

interface Serve {
  readonly port?: number;
  readonly chain?: readonly Issued[];
  readonly applicationUri?: string;
}

/** A gateway and servers, gone at the end of the scope. */
async function place(clock = systemClock): Promise<Place> {
  const folder = await temporaryFolder();
  const servers: TestServer[] = [];
  return {
    folder: folder.path,
    gateway: gatewayIn(join(folder.path, "gateway"), clock),
    serve: async (certificate, { port, chain, applicationUri } = {}) => {
      const files = await writeFiles(folder.path, certificate.thumbprint, certificate, chain);
      // A store of its own: two servers that move the same client about in one trip over each other.
      const server = await startOpcuaServer(join(folder.path, `server-${servers.length}`), {
        nodes: { a: double(1) },
        ...(port !== undefined && { port }),
        security: { files, ...(applicationUri !== undefined && { applicationUri }) },
      });
      servers.push(server);
      return server;
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe("a server that the gateway does not know", () => {
  test("is refused with thumbprint, subject, validity and the command; that command trusts it", async () => {
    await using here = await place();
    const certificate = await issue(key, { name: "PLC 1" });
    const server = await here.serve(certificate);
    const { code, detail } = await here.gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    expect(certificate.thumbprint).toMatch(/^[0-9A-F]{40}$/);
    expect(detail).toContain(`opc.tcp://127.0.0.1:${server.port}`);
    expect(detail).toContain(`${certificate.thumbprint} (CN=PLC 1; valid 20`);
    const command = commandIn(detail);
    expect(command).toBe(`npm run pilotline -- trust --gateway-data ${here.gateway.folder} ${certificate.thumbprint}`);
    expect((await here.gateway.refused(server.port)).code).toBe("UNTRUSTED");
    expect((await readTrustList(here.gateway.folder)).refused).toMatchObject([
      { thumbprint: certificate.thumbprint, endpoint: `opc.tcp://127.0.0.1:${server.port}` },
    ]);
    expect(await type(command)).toContain("is trusted");
    const open = await here.gateway.open(server.port);
    await open[Symbol.asyncDispose]();
  });

  test("is taken by the same driver at its next attempt, and trusted no longer once that is taken back", async () => {
    await using here = await place();
    const server = await here.serve(await issue(key));
    await using driver = (await opcua.load(here.gateway.env)).driver(securedDevice(server.port));
    const attempt = () =>
      driver.connect(new AbortController().signal).then(
        () => "connected",
        (error) => error.code,
      );
    expect(await attempt()).toBe("UNTRUSTED");
    const { detail } = await here.gateway.refused(server.port);
    await type(commandIn(detail));
    expect(await attempt()).toBe("connected");
    await type(`${commandIn(detail)} --remove`);
    expect(await attempt()).toBe("UNTRUSTED");
  });

  test("that presents another certificate at the same endpoint is a stranger again", async () => {
    await using here = await place();
    const server = await here.serve(await issue(key));
    await here.gateway.meet(server.port);
    const open = await here.gateway.open(server.port);
    await open[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    const changed = await issue(otherKey);
    await here.serve(changed, { port: server.port });
    const { code, detail } = await here.gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    expect(detail).toContain(changed.thumbprint);
  });
});

describe("a trusted certificate", () => {
  const refusal = async (wanted: Wanted, serve: Serve = {}): Promise<string> => {
    await using here = await place();
    const certificate = await issue(key, wanted);
    const server = await here.serve(certificate, serve);
    const trusted = join(here.gateway.folder, "opcua", "trusted", "certs");
    await mkdir(trusted, { recursive: true });
    await writeFile(join(trusted, "server.pem"), certificate.pem);
    const { code, detail } = await here.gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    return detail;
  };

  test("that has expired is refused", async () => {
    expect(await refusal({ fromDays: -10, toDays: -1 })).toMatch(/it has expired on 20/);
  });

  test("that is not valid yet is refused", async () => {
    expect(await refusal({ fromDays: 2 })).toMatch(/it is not valid before 20.*Compare the clocks/);
  });

  test("of another application is refused", async () => {
    const detail = await refusal({ uri: "urn:other" });
    expect(detail).toMatch(
      /made out for the application urn:other, but the server calls itself urn:pilotline:test:server/,
    );
  });

  test("of another host is refused; the command in the error accepts it for that host", async () => {
    await using here = await place();
    const server = await here.serve(await issue(key, { hosts: ["plc-1", "10.9.8.7"] }));
    const { detail } = await here.gateway.refused(server.port);
    expect(detail).toMatch(/not in the trust list, and it is made out for plc-1, 10.9.8.7, not for 127.0.0.1/);
    const command = commandIn(detail);
    expect(command).toMatch(/ --host 127\.0\.0\.1$/);
    await type(command.replace(/ --host .*/, ""));
    const stranger = await here.gateway.refused(server.port);
    expect(stranger.detail).toMatch(/refused: it is made out for plc-1, 10.9.8.7, not for 127.0.0.1/);
    await type(commandIn(stranger.detail));
    const open = await here.gateway.open(server.port);
    await open[Symbol.asyncDispose]();
  });

  test("that ends within 30 days is a warning with the days left, on both sides, also while the connection stands", async () => {
    const clock = new ManualClock(systemClock.now());
    await using here = await place(clock);
    const certificate = await issue(key, { toDays: 40.5 });
    const server = await here.serve(certificate);
    await here.gateway.meet(server.port);
    const open = await here.gateway.open(server.port);
    try {
      expect(open.warnings).toEqual([]);
      await clock.advance(hours(24 * 11));
      expect(open.warnings).toHaveLength(1);
      expect(open.warnings[0]).toContain(`${certificate.thumbprint}, expires on `);
      expect(open.warnings[0]).toMatch(/in 29 days: give the server a new one/);
      await clock.advance(hours(24 * 3_630));
      expect(open.warnings[0]).toMatch(/the certificate of the server, .* expired on/);
      expect(open.warnings[1]).toMatch(/the gateway's own certificate, [0-9A-F]{40}, expires on .*, in 8 days: move /);
      expect(open.certificates[1]).toEqual({
        whose: "device",
        thumbprint: certificate.thumbprint,
        validTo: certificate.certificate.notAfter.getTime(),
      });
    } finally {
      await open[Symbol.asyncDispose]();
    }
  });

  test("does not help where the gateway's own has expired", async () => {
    const clock = new ManualClock(later(systemClock.now(), hours(-24 * 3_652)));
    await using here = await place(clock);
    const server = await here.serve(await issue(key, { fromDays: -3_700 }));
    await here.gateway.meet(server.port);
    await clock.advance(hours(24 * 3_652));
    const { code, detail } = await here.gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    expect(detail).toMatch(/the gateway's own certificate .* has expired\. Move .*\.pem away/);
  });
});

describe("certificates of an authority", () => {
  let authority: Issued;
  beforeAll(async () => {
    authority = await issue(otherKey, { name: "Plant authority" }, undefined, true);
  });

  /** Trusts the issuer, with a list of what it has revoked. */
  async function trustAuthority(folder: string, revoked: readonly Issued[] | undefined): Promise<void> {
    for (const part of ["trusted/certs", "issuers/certs", "issuers/crl"]) {
      await mkdir(join(folder, "opcua", part), { recursive: true });
    }
    await writeFile(join(folder, "opcua", "trusted", "certs", "authority.pem"), authority.pem);
    await writeFile(join(folder, "opcua", "issuers", "certs", "authority.pem"), authority.pem);
    if (revoked)
      await writeFile(join(folder, "opcua", "issuers", "crl", "a.crl"), await revocationList(authority, revoked));
  }

  test("are taken where the issuer is trusted, refused once it has revoked them, or where nobody can tell", async () => {
    await using here = await place();
    const certificate = await issue(key, {}, authority);
    const server = await here.serve(certificate);
    const { folder } = here.gateway;
    await trustAuthority(folder, undefined);
    expect((await here.gateway.refused(server.port)).detail).toMatch(/no revocation list of its issuer.*issuers\/crl/);
    await trustAuthority(folder, []);
    const open = await here.gateway.open(server.port);
    await open[Symbol.asyncDispose]();
    await trustAuthority(folder, [certificate]);
    const { code, detail } = await here.gateway.refused(server.port);
    expect(code).toBe("UNTRUSTED");
    expect(detail).toMatch(/its issuer has revoked it/);
  });

  test("of an unknown issuer are refused; one that is pinned needs the issuer but no revocation list", async () => {
    await using here = await place();
    const certificate = await issue(key, {}, authority);
    const server = await here.serve(certificate);
    expect((await here.gateway.refused(server.port)).detail).toMatch(
      /certificate of its issuer is missing.*issuers\/certs/,
    );
    const chained = await here.serve(certificate, { chain: [authority] });
    const { detail } = await here.gateway.refused(chained.port);
    expect(detail).toMatch(/it is not in the trust list/);
    await type(commandIn(detail));
    const open = await here.gateway.open(chained.port);
    await open[Symbol.asyncDispose]();
    // By itself the server still does not tell who its issuer is.
    expect((await here.gateway.refused(server.port)).detail).toMatch(/certificate of its issuer is missing/);
    await mkdir(join(here.gateway.folder, "opcua", "issuers", "crl"), { recursive: true });
    const crl = await revocationList(authority, [certificate]);
    await writeFile(join(here.gateway.folder, "opcua", "issuers", "crl", "a.crl"), crl);
    expect((await here.gateway.refused(chained.port)).detail).toMatch(/its issuer has revoked it/);
  });
});

test("a connection that stands is not repaired to a server with another certificate", async () => {
  await using here = await place();
  const server = await here.serve(await issue(key));
  await here.gateway.meet(server.port);
  const open = await here.gateway.open(server.port);
  try {
    await server[Symbol.asyncDispose]();
    const changed = await issue(otherKey);
    await here.serve(changed, { port: server.port });
    // The client's own repair looks at the new one and refuses it into the store.
    const refused = async () => (await readTrustList(here.gateway.folder)).refused.map(({ thumbprint }) => thumbprint);
    await vi.waitFor(async () => expect(await refused()).toContain(changed.thumbprint), { timeout: 30_000 });
    expect(open.awaySince()).toBeDefined();
  } finally {
    await open[Symbol.asyncDispose]();
  }
});
