// Application instance certificates and a small certificate authority, made while a test runs.
import { generateKeyPairSync, randomBytes, type webcrypto, X509Certificate } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crypto_utils as tools } from "node-opcua";

const { x509 } = tools;
const signingAlgorithm = { name: "RSASSA-PKCS1-v1_5", hash: { name: "SHA-256" } } as const;
const day = 86_400_000;

/** RSA keys are slow to make: a file of tests makes one and shares it. */
export interface Key {
  readonly pem: string;
  readonly pair: webcrypto.CryptoKeyPair;
}

export function makeKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const algorithm = { ...signingAlgorithm };
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    pair: {
      privateKey: privateKey.toCryptoKey(algorithm, true, ["sign"]),
      publicKey: publicKey.toCryptoKey(algorithm, true, ["verify"]),
    },
  };
}

export interface Wanted {
  readonly name?: string;
  readonly uri?: string;
  readonly hosts?: readonly string[];
  /** Relative to now, in days. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** A certificate with its key, as PEM and as files of a folder. */
export interface Issued {
  readonly key: Key;
  readonly pem: string;
  readonly thumbprint: string;
  readonly certificate: InstanceType<typeof x509.X509Certificate>;
}

export const serverUri = "urn:pilotline:test:server";

/** Self-signed, or issued by `issuer`; for a server at 127.0.0.1 where nothing else is said. */
export async function issue(key: Key, wanted: Wanted = {}, issuer?: Issued, isAuthority = false): Promise<Issued> {
  const { name = "test server", uri = serverUri, hosts = ["127.0.0.1"], fromDays = -1, toDays = 365 } = wanted;
  const now = Date.now();
  const alternativeNames = [
    { type: "url" as const, value: uri },
    ...hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? ("ip" as const) : ("dns" as const), value })),
  ];
  const usages = isAuthority
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature |
      x509.KeyUsageFlags.nonRepudiation |
      x509.KeyUsageFlags.keyEncipherment |
      x509.KeyUsageFlags.dataEncipherment;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString("hex")}`,
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(now + fromDays * day),
    notAfter: new Date(now + toDays * day),
    signingAlgorithm,
    publicKey: key.pair.publicKey,
    signingKey: (issuer?.key ?? key).pair.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      new x509.KeyUsagesExtension(usages, true),
      ...(isAuthority
        ? []
        : [
            new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]),
            new x509.SubjectAlternativeNameExtension(alternativeNames),
          ]),
      await x509.SubjectKeyIdentifierExtension.create(key.pair.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create((issuer?.key ?? key).pair.publicKey),
    ],
  });
  const pem = `${certificate.toString("pem")}\n`;
  return { key, pem, certificate, thumbprint: new X509Certificate(pem).fingerprint.replaceAll(":", "") };
}

/** What the issuer has revoked, as PEM. */
export async function revocationList(issuer: Issued, revoked: readonly Issued[]): Promise<string> {
  const { crl } = await tools.createCrl({
    issuerName: issuer.certificate.subjectName,
    issuerPublicKey: issuer.key.pair.publicKey,
    signingKey: issuer.key.pair.privateKey,
    signingAlgorithm,
    crlNumber: 1,
    entries: revoked.map(({ certificate }) => ({ serialNumber: certificate.serialNumber })),
  });
  return crl;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** Writes certificate (with those of `chain`) and key; a name may be written again. */
export async function writeFiles(folder: string, name: string, issued: Issued, chain: readonly Issued[] = []) {
  await mkdir(folder, { recursive: true });
  const files = { certificateFile: join(folder, `${name}.pem`), privateKeyFile: join(folder, `${name}.key.pem`) };
  await writeFile(files.certificateFile, [issued, ...chain].map(({ pem }) => pem).join(""));
  await writeFile(files.privateKeyFile, issued.key.pem);
  return files satisfies CertificateFiles;
}
