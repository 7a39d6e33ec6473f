import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere, writeFileAtomic } from "#shared/kit/files.ts";
import { type Certificate, certificateOf } from "./certificate.ts";

/** A certificate with what the gateway keeps about it. */
export interface StoredCertificate extends Certificate {
  /** Where it was presented, if it ever was refused. */
  readonly endpoint: string | undefined;
  /** Hosts that it is accepted for though it does not name them. */
  readonly acceptedHosts: readonly string[];
}

export interface TrustList {
  readonly trusted: readonly StoredCertificate[];
  readonly refused: readonly StoredCertificate[];
  readonly own: readonly StoredCertificate[];
}

/** Folders of a certificate store in the layout of OPC 10000-12, Annex F, below a gateway's data folder. */
export const storeOf = (gatewayFolder: string): string => join(gatewayFolder, "opcua");
const folders = { trusted: ["trusted", "certs"], refused: ["rejected"], own: ["own", "certs"] } as const;
type Kind = keyof typeof folders;
const folderOf = (gatewayFolder: string, kind: Kind): string => join(storeOf(gatewayFolder), ...folders[kind]);

/** More refused ones than a plant has servers: only a server that makes them up gets beyond. */
const mostRefused = 100;

/** Everything that is stored now; what is no certificate is left out. */
export async function readTrustList(gatewayFolder: string): Promise<TrustList> {
  const read = async (kind: Kind) => {
    const once = new Map(
      (await filesIn(gatewayFolder, kind)).map(({ certificate }) => [certificate.thumbprint, certificate]),
    );
    return Promise.all(
      [...once.values()].map(async (certificate) => ({
        ...certificate,
        ...(await noteOf(gatewayFolder, certificate)),
      })),
    );
  };
  const [trusted, refused, own] = await Promise.all([read("trusted"), read("refused"), read("own")]);
  return { trusted, refused, own };
}

/** Takes a refused certificate into the trust list. Drivers read the list anew at every attempt to connect. */
export const trust = (gatewayFolder: string, thumbprint: string): Promise<void> =>
  move(gatewayFolder, thumbprint, "refused", "trusted");

/** Takes a trusted certificate back; it stays among the refused ones. A connection that stands is not cut. */
export const distrust = (gatewayFolder: string, thumbprint: string): Promise<void> =>
  move(gatewayFolder, thumbprint, "trusted", "refused");

async function move(gatewayFolder: string, thumbprint: string, from: Kind, to: Kind): Promise<void> {
  const found = (await filesIn(gatewayFolder, from)).filter(({ certificate }) => certificate.thumbprint === thumbprint);
  const target = folderOf(gatewayFolder, to);
  await mkdir(target, { recursive: true });
  for (const { file, name } of found) await rename(file, join(target, name));
}

/** Keeps a certificate that was refused, and where, for whoever decides. */
export async function keepRefused(gatewayFolder: string, certificate: Certificate, endpoint: string): Promise<void> {
  const { thumbprint, x509 } = certificate;
  const note = seenFile(gatewayFolder, thumbprint);
  if ((await readNote<{ endpoint?: string }>(note)).endpoint !== endpoint) {
    await writeFileAtomic(note, `${JSON.stringify({ endpoint })}\n`);
  }
  const kept = await filesIn(gatewayFolder, "refused");
  if (kept.some((one) => one.certificate.thumbprint === thumbprint)) return;
  for (const { file } of kept.slice(0, Math.max(0, kept.length + 1 - mostRefused))) await rm(file, { force: true });
  await writeFileAtomic(join(folderOf(gatewayFolder, "refused"), `${thumbprint}.pem`), x509.toString());
}

/** Accepts a certificate for a host that it does not name. */
export async function acceptHost(gatewayFolder: string, thumbprint: string, host: string): Promise<void> {
  const file = hostsFile(gatewayFolder, thumbprint);
  const { hosts = [] } = await readNote<{ hosts?: string[] }>(file);
  await writeFileAtomic(file, `${JSON.stringify({ hosts: [...new Set([...hosts, host])] })}\n`);
}

const seenFile = (gatewayFolder: string, thumbprint: string): string =>
  join(storeOf(gatewayFolder), "rejected-at", `${thumbprint}.json`);
const hostsFile = (gatewayFolder: string, thumbprint: string): string =>
  join(storeOf(gatewayFolder), "trusted", "hosts", `${thumbprint}.json`);

/** What is kept beside a certificate. */
export async function noteOf(
  gatewayFolder: string,
  { thumbprint }: Certificate,
): Promise<Pick<StoredCertificate, "endpoint" | "acceptedHosts">> {
  const { endpoint } = await readNote<{ endpoint?: string }>(seenFile(gatewayFolder, thumbprint));
  const { hosts = [] } = await readNote<{ hosts?: string[] }>(hostsFile(gatewayFolder, thumbprint));
  return { endpoint, acceptedHosts: hosts };
}

async function readNote<Note extends object>(file: string): Promise<Partial<Note>> {
  const text = await readIfThere(file);
  return text === undefined ? {} : (JSON.parse(text) as Partial<Note>);
}

interface CertificateFile {
  readonly file: string;
  readonly name: string;
  readonly certificate: Certificate;
}

/** The certificates of a folder, oldest file first. A file may go while it is read. */
async function filesIn(gatewayFolder: string, kind: Kind): Promise<readonly CertificateFile[]> {
  const folder = folderOf(gatewayFolder, kind);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      try {
        const { mtimeMs } = await stat(file);
        return [{ file, name, mtimeMs, certificate: certificateOf(await readFile(file)) }];
      } catch {
        return [];
      }
    }),
  );
  return found.flat().toSorted((a, b) => a.mtimeMs - b.mtimeMs);
}
