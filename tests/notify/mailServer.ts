import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly wasEncrypted: boolean;
  readonly source: string;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
}

export interface MailServerOptions {
  /** tls: encrypted from the first byte; startTls: offered; none: not offered. */
  readonly security: "tls" | "startTls" | "none";
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** Asked of whoever sends. */
  readonly login?: { readonly user: string; readonly password: string };
  /** SMTP reply codes by recipient. */
  readonly refuses?: Readonly<Record<string, number>>;
}

/** An SMTP server on a free port that keeps what it gets. */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { security, certificate, login, refuses = {} } = options;
  const mails: ReceivedMail[] = [];
  const pair = certificate ? { key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) } : {};
  const server = new SMTPServer({
    ...pair,
    secure: security === "tls",
    hideSTARTTLS: security !== "startTls",
    authOptional: login === undefined,
    logger: false,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.user && password === login.password) done(null, { user: username });
      else done(new Error("authentication failed"));
    },
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = refuses[address];
      done(responseCode === undefined ? null : Object.assign(new Error("refused"), { responseCode }));
    },
    onData: (stream, { secure, envelope }, done) => {
      text(stream).then((source) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), wasEncrypted: secure, source });
        done();
      }, done);
    },
  });
  // A client that hangs up during the handshake is what some tests are about.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** A certificate for localhost that only itself vouches for. */
export function makeCertificate(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...made, ...subject], { stdio: "ignore" });
  return { key, cert };
}
