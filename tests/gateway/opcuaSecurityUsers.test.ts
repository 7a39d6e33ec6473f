import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { issue, makeKey, writeFiles } from "./opcuaCertificates.ts";
import { expectWithout, gatewayIn, never, securedDevice } from "./opcuaSecurityBench.ts";
import { double, startOpcuaServer, type TestServer } from "./opcuaServer.ts";

const key = makeKey();
const password = "S3cret-for-the-reactor";
const operator = { type: "password", name: "operator", password } as const;

describe("OPC UA users", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let logins = 0;
  const gateway = () => gatewayIn(join(folder.path, "gateway"));
  beforeAll(async () => {
    folder = await temporaryFolder();
    const files = await writeFiles(folder.path, "server", await issue(key));
    server = await startOpcuaServer(folder.path, {
      nodes: { a: double(1) },
      security: {
        files,
        isAnonymousAllowed: false,
        users: { operator: password },
        onLogin: () => {
          logins += 1;
        },
        isStrict: true,
      },
    });
    await gateway().meet(server.port, { user: operator });
    // The server is strict with clients too: it has to take the gateway's certificate.
    const error = await gateway().refused(server.port, { user: operator });
    const [file = ""] = /\S+\.pem/.exec(error.detail) ?? [];
    await server.trust(await rawOf(file));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("a user with the right password is let in, over each policy", async () => {
    for (const security of ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"] as const) {
      const open = await gateway().open(server.port, { user: operator, security });
      expect(open.namespaces.length).toBeGreaterThan(1);
      await open[Symbol.asyncDispose]();
    }
  });

  test("a wrong password is FORBIDDEN after one log-in, and stands in no error and no line of the log", async () => {
    const { env, lines } = gateway();
    const wrong = `${password}-typo`;
    const before = logins;
    const device = securedDevice(server.port, { user: { ...operator, password: wrong } });
    await using driver = (await opcua.load(env)).driver(device);
    const error: unknown = await driver.connect(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "FORBIDDEN", detail: expect.stringContaining("password of user operator") });
    expect(logins).toBe(before + 1);
    expectWithout(password, error, lines);
  });

  test("anonymous is FORBIDDEN where the server wants a name, with what it takes", async () => {
    const { code, detail } = await gateway().refused(server.port, { user: { type: "anonymous" } });
    expect(code).toBe("FORBIDDEN");
    expect(detail).toMatch(/takes no user of type anonymous here, only password, certificate/);
  });

  test("a password is never given to a channel that does not encrypt, whatever the plant's check said", async () => {
    const before = logins;
    for (const channel of [{ security: "none" }, { mode: "Sign" }] as const) {
      const { code, detail } = await gateway().refused(server.port, { user: operator, ...channel });
      expect(code).toBe("FORBIDDEN");
      expect(detail).toMatch(/not encrypted/);
    }
    expect(logins).toBe(before);
  });

  test("a user with a certificate is let in once the server trusts it, FORBIDDEN before", async () => {
    const person = await issue(key, { name: "engineer", uri: "urn:engineer", hosts: [] });
    const { certificateFile, privateKeyFile } = await writeFiles(folder.path, "engineer", person);
    const user = { type: "certificate", certificate: certificateFile, privateKey: privateKeyFile } as const;
    const { code, detail } = await gateway().refused(server.port, { user });
    expect(code).toBe("FORBIDDEN");
    expect(detail).toMatch(/refuses the certificate user/);
    await server.trust(await rawOf(certificateFile));
    const open = await gateway().open(server.port, { user });
    await open[Symbol.asyncDispose]();
  });

  test("files of a user that are missing, no certificate, or not a pair are named with their key", async () => {
    const person = await issue(key, { name: "engineer" });
    const { certificateFile, privateKeyFile } = await writeFiles(folder.path, "pair", person);
    const text = join(folder.path, "text.pem");
    await writeFile(text, "nothing");
    const other = await writeFiles(folder.path, "other", await issue(makeKey()));
    const cases = [
      {
        certificate: join(folder.path, "gone.pem"),
        privateKey: privateKeyFile,
        says: "user.certificate: ",
        names: "gone.pem",
      },
      {
        certificate: certificateFile,
        privateKey: join(folder.path, "gone.key"),
        says: "user.privateKey: ",
        names: "gone.key",
      },
      { certificate: text, privateKey: privateKeyFile, says: "user.certificate: ", names: text },
      { certificate: certificateFile, privateKey: text, says: "user.privateKey: ", names: text },
      {
        certificate: certificateFile,
        privateKey: other.privateKeyFile,
        says: "is not that of",
        names: "other.key.pem",
      },
    ];
    for (const { says, names, ...files } of cases) {
      const { code, detail } = await gateway().refused(server.port, { user: { type: "certificate", ...files } });
      expect(code).toBe("NOT_CONNECTED");
      expect(detail).toContain(says);
      expect(detail).toContain(names);
      expect(detail).not.toContain("PRIVATE KEY-");
    }
  });
});

async function rawOf(file: string): Promise<Buffer> {
  return new X509Certificate(await readFile(file)).raw;
}
