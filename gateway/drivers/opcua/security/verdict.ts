import type { EndpointDescription, OPCUACertificateManager } from "node-opcua";
import { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { type Certificate, certificateOf, day, described, hostOf, isFor } from "./certificate.ts";
import type { OwnCertificate } from "./ownCertificate.ts";
import { keepRefused, noteOf, readTrustList, storeOf } from "./trustList.ts";

export interface Subject {
  /** As dialled. */
  readonly endpoint: string;
  readonly gatewayFolder: string;
  readonly now: EpochMs;
}

/**
 * The server's certificate, if it may be trusted (OPC 10000-4, 6.1.3): valid now, for this application and host, and
 * in the trust list or issued by a trusted issuer that has not revoked it. Rejects with `UNTRUSTED` and the reason;
 * nothing is ever accepted by itself.
 */
export async function trustedCertificate(
  subject: Subject,
  server: EndpointDescription,
  store: OPCUACertificateManager,
): Promise<Certificate> {
  const { endpoint, gatewayFolder, now } = subject;
  const certificate = presented(endpoint, server);
  const refuse = (why: string, remedy: string): never => {
    const what = `${endpoint}: the server's certificate ${described(certificate)} is refused`;
    throw new CodedError("UNTRUSTED", `${what}: ${why}. ${remedy}`);
  };
  const { validFrom, validTo, uris } = certificate;
  if (validTo <= now) refuse(`it has expired on ${day(validTo)}`, "Give the server a new one, then trust that.");
  if (validFrom > now) {
    refuse(`it is not valid before ${day(validFrom)}`, "Compare the clocks of the gateway and of the server.");
  }
  const { applicationUri } = server.server;
  if (!uris.includes(applicationUri ?? "")) {
    const names = uris.length > 0 ? `is made out for the application ${uris.join(", ")}` : "names no application";
    refuse(`it ${names}, but the server calls itself ${applicationUri}`, "Give the server a certificate of its own.");
  }
  const host = hostOf(endpoint);
  const { acceptedHosts } = await noteOf(gatewayFolder, certificate);
  const isHost = isFor(certificate, host) || acceptedHosts.includes(host);
  const stranger = `it is made out for ${certificate.hosts.join(", ") || "no host"}, not for ${host}`;
  const command = trustCommand(gatewayFolder, certificate.thumbprint, isHost ? undefined : host);
  const { trusted } = await readTrustList(gatewayFolder);
  const isPinned = trusted.some(({ thumbprint }) => thumbprint === certificate.thumbprint);
  const check = (ignoreMissingRevocationList: boolean) =>
    store.verifyCertificate(server.serverCertificate, {
      acceptCertificateWithValidIssuerChain: true,
      ignoreMissingRevocationList,
    });
  let status = await check(false);
  if (/RevocationUnknown$/.test(status)) {
    // Somebody has looked at a pinned one. What comes by its issuer alone must be known not to be revoked.
    const otherwise = await check(true);
    if (isPinned || otherwise !== "Good") status = otherwise;
  }
  if (status !== "Good" && !isPinned) await keepRefused(gatewayFolder, certificate, endpoint);
  if (status === "BadCertificateUntrusted") {
    const why = isHost ? "it is not in the trust list" : `it is not in the trust list, and ${stranger}`;
    refuse(why, `If it is the one that the server itself shows, trust it: ${command}`);
  }
  if (status !== "Good") refuse(...reasonOf(status, storeOf(gatewayFolder)));
  if (!isHost) refuse(stranger, `If it is the right server, accept that: ${command}`);
  return certificate;
}

/** The gateway's own certificate is as good as any: no server has to be asked that one has expired. */
export function requireValid(own: OwnCertificate, { endpoint, now }: Subject): void {
  if (own.validTo > now) return;
  const what = `${endpoint}: the gateway's own certificate ${described(own)} has expired`;
  const remedy = `Move ${own.certificateFile} away; the next attempt makes a new one, which the server has to trust.`;
  throw new CodedError("UNTRUSTED", `${what}. ${remedy}`);
}

function presented(endpoint: string, { serverCertificate }: EndpointDescription): Certificate {
  try {
    return certificateOf(serverCertificate);
  } catch (error) {
    const what = `${endpoint}: the server presents nothing that can be read as a certificate`;
    throw new CodedError("UNTRUSTED", `${what}. Give it a new one.`, { cause: error });
  }
}

/** The command line as it is to be typed in the folder of the project. */
export function trustCommand(gatewayFolder: string, thumbprint: string, host?: string): string {
  const folder = /^[\w./:\\-]+$/.test(gatewayFolder) ? gatewayFolder : JSON.stringify(gatewayFolder);
  const forHost = host === undefined ? "" : ` --host ${host}`;
  return `npm run pilotline -- trust --gateway-data ${folder} ${thumbprint}${forHost}`;
}

function reasonOf(status: string, store: string): [why: string, remedy: string] {
  const issuers = `${store}/issuers`;
  switch (status) {
    case "BadCertificateRevoked":
      return ["its issuer has revoked it", "Give the server a new one."];
    case "BadCertificateIssuerRevoked":
      return ["the certificate of its issuer is revoked", "Have the server's certificate issued anew."];
    case "BadCertificateChainIncomplete":
      return ["the certificate of its issuer is missing", `Put it into ${issuers}/certs.`];
    case "BadCertificateRevocationUnknown":
    case "BadCertificateIssuerRevocationUnknown":
      return ["there is no revocation list of its issuer", `Put the list into ${issuers}/crl.`];
    case "BadCertificateIssuerTimeInvalid":
      return ["the certificate of its issuer has expired", `Put a new one into ${issuers}/certs.`];
    case "BadSecurityChecksFailed":
      return ["its signature or its issuer is not in order", "Have it issued anew; do not trust it."];
    default:
      return [`it does not pass the checks (${status})`, "Give the server a new one."];
  }
}
