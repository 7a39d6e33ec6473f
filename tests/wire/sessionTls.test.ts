import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:tls";
import { Aedes } from "aedes";
import { describe, expect, test } from "vitest";
import { openSession } from "#shared/wire/session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { listen } from "./brokers.ts";
import { createInbox } from "./inbox.ts";

const never = new AbortController().signal;
const opensslMissing = spawnSync("openssl", ["version"]).error ? "openssl is not installed" : undefined;

/** A broker behind TLS with a certificate that only itself vouches for. */
async function startTlsBroker() {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryFolder());
  const [key, cert] = [join(path, "key.pem"), join(path, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...made, ...subject], { stdio: "ignore" });
  const broker = await Aedes.createBroker();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, broker.handle);
  server.on("tlsClientError", () => {});
  const port = await listen(server);
  stack.defer(async () => {
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await new Promise((resolve) => server.close(resolve));
  });
  const held = stack.move();
  return { url: `mqtts://localhost:${port}`, ca: readFileSync(cert), [Symbol.asyncDispose]: () => held.disposeAsync() };
}

describe.skipIf(opensslMissing)(`TLS ${opensslMissing ?? ""}`, () => {
  test("a broker whose certificate authority is named carries messages", async () => {
    await using broker = await startTlsBroker();
    const inbox = createInbox();
    await using session = await openSession({ ...broker, clientId: "a", onMessage: inbox.onMessage }, never);
    await session.subscribe([{ filter: "a", qos: 0 }]);
    session.publish("a", "over TLS");
    await inbox.have(1);
    expect(inbox.messages[0]?.text).toBe("over TLS");
  });

  test("a broker that nobody vouches for is refused", async () => {
    await using broker = await startTlsBroker();
    const options = { url: broker.url, clientId: "a", username: "a", password: "b", onMessage: () => {} };
    await expect(openSession(options, never)).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      detail: expect.stringContaining("certificate"),
    });
  });
});
