import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { messageOf, open, outcomeOf } from "./channelRig.ts";
import { makeCertificate, startMailServer } from "./mailServer.ts";

const opensslMissing = spawnSync("openssl", ["version"]).error ? "openssl is not installed" : undefined;

const config = (port: number, more: Partial<ChannelConfigs["mail"]>): ChannelConfigs["mail"] => ({
  id: "mail",
  kind: "mail",
  host: "localhost",
  port,
  security: "tls",
  from: "pilotline@example.cn",
  ...more,
});

/** A mail's body, which goes out as base64 or quoted-printable for its Chinese. */
function bodyOf(source: string): string {
  const [head = "", ...rest] = source.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  if (/content-transfer-encoding: base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  const bytes = body
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
const headerOf = (source: string, name: string): string =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "im").exec(source)?.[1]?.replaceAll(/\r\n\s+/g, " ") ?? "";
const decodedWords = (header: string): string =>
  header.replaceAll(/\?=\s+=\?/g, "?==?").replaceAll(/=\?utf-8\?(b|q)\?(.*?)\?=/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(word, "base64").toString("utf8")
      : Buffer.from(
          word
            .replaceAll("_", " ")
            .replaceAll(/=([0-9A-F]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          "latin1",
        ).toString("utf8"),
  );

describe.skipIf(opensslMissing)(`mail ${opensslMissing ?? ""}`, () => {
  const opened = new AsyncDisposableStack();
  let certificate: ReturnType<typeof makeCertificate>;
  beforeAll(async () => {
    certificate = makeCertificate(opened.use(await temporaryFolder()).path);
  });
  afterAll(() => opened.disposeAsync());
  const trust = () => ({ ca: readFileSync(certificate.cert, "utf8") });
  const login = { user: "pilotline", password: "授权码-1" };
  const withLogin = { user: "pilotline", password: { env: "MAIL_PASSWORD" } } as const;

  test("over TLS with a login: subject, text and the stable id arrive", async () => {
    await using server = await startMailServer({ security: "tls", certificate, login });
    const secrets = { ca: trust().ca, MAIL_PASSWORD: login.password };
    await using channel = await open(config(server.port, { ...withLogin, ca: "ca" }), secrets);
    expect(await outcomeOf(channel, messageOf("wang@example.cn"))).toBe("taken");
    expect(server.mails).toHaveLength(1);
    const [{ to, wasEncrypted, source } = { to: [], wasEncrypted: false, source: "" }] = server.mails;
    expect({ to, wasEncrypted }).toEqual({ to: ["wang@example.cn"], wasEncrypted: true });
    expect(decodedWords(headerOf(source, "subject"))).toBe("[示范平台] 报警 (紧急): 反应釜超温");
    expect(headerOf(source, "message-id")).toBe("<0b6f3a52@example.cn>");
    expect(headerOf(source, "auto-submitted")).toBe("auto-generated");
    expect(headerOf(source, "importance").toLowerCase()).toBe("high");
    expect(bodyOf(source)).toContain("85.5 °C, 限值 80 °C, 11-02 09:30:00");
    expect(bodyOf(source)).toContain("处置 (5 分钟内): 停止加热");
  });

  test("a server that nobody vouches for gets neither login nor mail", async () => {
    await using server = await startMailServer({ security: "tls", certificate, login });
    await using channel = await open(config(server.port, withLogin), { MAIL_PASSWORD: login.password });
    expect(await outcomeOf(channel, messageOf("wang@example.cn"))).toBe("NOT_CONNECTED");
    expect(server.mails).toEqual([]);
  });

  test("startTls: encrypted before the login; where the server does not offer it, nothing is sent", async () => {
    const secrets = { ca: trust().ca, MAIL_PASSWORD: login.password };
    await using server = await startMailServer({ security: "startTls", certificate, login });
    await using channel = await open(config(server.port, { ...withLogin, security: "startTls", ca: "ca" }), secrets);
    expect(await outcomeOf(channel, messageOf("wang@example.cn"))).toBe("taken");
    expect(server.mails[0]?.wasEncrypted).toBe(true);
    await using plain = await startMailServer({ security: "none" });
    await using strict = await open(config(plain.port, { security: "startTls" }));
    expect(await outcomeOf(strict, messageOf("wang@example.cn"))).toBe("NOT_CONNECTED");
    expect(plain.mails).toEqual([]);
  });

  test("a wrong password is the channel's fault; an address that is refused is not", async () => {
    const refuses = { "nobody@example.cn": 550, "full@example.cn": 452 };
    await using server = await startMailServer({ security: "tls", certificate, login, refuses });
    const ca = trust().ca;
    await using wrong = await open(config(server.port, { ...withLogin, ca: "ca" }), { ca, MAIL_PASSWORD: "old" });
    expect(await outcomeOf(wrong, messageOf("wang@example.cn"))).toBe("FORBIDDEN");
    await using right = await open(config(server.port, { ...withLogin, ca: "ca" }), {
      ca,
      MAIL_PASSWORD: login.password,
    });
    expect(await outcomeOf(right, messageOf("nobody@example.cn"))).toBe("NOT_FOUND");
    expect(await outcomeOf(right, messageOf("full@example.cn"))).toBe("BUSY");
    expect(await outcomeOf(right, messageOf(undefined))).toBe("NOT_FOUND");
    expect(server.mails).toEqual([]);
  });

  test("a server that is away is tried later", async () => {
    const gone = await startMailServer({ security: "none" });
    await gone[Symbol.asyncDispose]();
    await using channel = await open(config(gone.port, { security: "none" }));
    expect(await outcomeOf(channel, messageOf("wang@example.cn"))).toBe("NOT_CONNECTED");
  });
});
