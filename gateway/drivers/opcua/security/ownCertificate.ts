import { createPrivateKey, generateKeyPair, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { crypto_utils as cryptoTools } from "node-opcua";
import { secretFolder } from "#shared/kit/files.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type EpochMs, hours } from "#shared/model/time.ts";
import { type Certificate, certificateOf } from "./certificate.ts";
import { storeOf } from "./trustList.ts";

/** The gateway's application instance certificate, self-signed unless somebody has put another in its place. */
export interface OwnCertificate extends Certificate {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly applicationUri: string;
}

const keyBits = 2048;
const lifetime = hours(24 * 3_650);
/** A server whose clock is behind would find a certificate of this minute not valid yet. */
const backdated = hours(24);

export const applicationName = "Pilotline gateway";

/**
 * The certificate of this gateway on this host; key and certificate are made where there are none. The file carries the
 * host name: on another host another certificate is made, and the earlier one stays beside it. Safe for many drivers at
 * once: whoever is first makes it. Rejects with `NOT_CONNECTED` where it cannot be made or used.
 */
export async function ownCertificate(gatewayFolder: string, host: string, now: EpochMs): Promise<OwnCertificate> {
  const own = join(storeOf(gatewayFolder), "own");
  try {
    return await certificateIn(own, host, now);
  } catch (error) {
    const what = `${own}: the gateway's own certificate cannot be made or used`;
    throw new CodedError("NOT_CONNECTED", `${what}: ${messageOf(error)}.`, { cause: error });
  }
}

async function certificateIn(own: string, host: string, now: EpochMs): Promise<OwnCertificate> {
  await mkdir(join(own, "certs"), { recursive: true });
  await secretFolder(join(own, "private"));
  // The names under which the protocol stack looks for the key.
  const privateKeyFile = join(own, "private", "private_key.pem");
  const certificateFile = join(own, "certs", `pilotline-${host.replaceAll(/[^A-Za-z0-9.-]/g, "_")}.pem`);
  const privateKey = await readOrMake(privateKeyFile, makeKey);
  const certificate = certificateOf(await readOrMake(certificateFile, () => makeCertificate(privateKey, host, now)));
  if (!certificate.x509.checkPrivateKey(createPrivateKey(privateKey))) {
    throw new Error(`${certificateFile} does not belong to the key; move it away and the next attempt makes a new one`);
  }
  const [applicationUri] = certificate.uris;
  if (applicationUri === undefined) {
    throw new Error(`${certificateFile} names no application URI, which IEC 62541-6 asks for`);
  }
  return { ...certificate, certificateFile, privateKeyFile, applicationUri };
}

/** The file's text; made where there is none, by the first of all who want it. Mode 0600. */
async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(part, await make(), { mode: 0o600 });
    await link(part, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    await rm(part, { force: true });
  }
  return readFile(file, "utf8");
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

async function makeKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: keyBits });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

async function makeCertificate(privateKey: string, host: string, now: EpochMs): Promise<string> {
  const pkcs8 = createPrivateKey(privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  const { cert } = await cryptoTools.createSelfSignedCertificate({
    privateKey: await cryptoTools.pemToPrivateKey(pkcs8),
    subject: `/CN=${applicationName}/O=Pilotline/DC=${host}`,
    applicationUri: `urn:${host}:pilotline:gateway`,
    dns: [host],
    notBefore: new Date(now - backdated),
    notAfter: new Date(now + lifetime),
    purpose: cryptoTools.CertificatePurpose.ForApplication,
  });
  return cert;
}
