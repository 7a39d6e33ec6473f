import { type EpochMs, elapsed, hours } from "#shared/model/time.ts";
import type { CertificateNote } from "../../../driver.ts";
import { type Certificate, day } from "./certificate.ts";
import type { OwnCertificate } from "./ownCertificate.ts";

/** How a connection is secured: with none, or by the certificates of both sides. */
export type Secured =
  | { readonly endpoint: string; readonly own: OwnCertificate; readonly server: Certificate }
  | { readonly endpoint: string; readonly offers: string };

const aDay = hours(24);
/** Time to get a new certificate made and trusted on both sides. */
const warnAhead = hours(24 * 30);

/** What stands until somebody acts, at the instant `now`. */
export function warningsOf(secured: Secured, now: EpochMs): readonly string[] {
  const { endpoint } = secured;
  if (!("own" in secured)) {
    const what = `${endpoint}: the connection is neither signed nor encrypted (security: none)`;
    return [`${what}, so whoever is on the network can change what is read. The server offers ${secured.offers}.`];
  }
  const { own, server } = secured;
  return [
    ...expiry(`${endpoint}: the certificate of the server`, server, now, "give the server a new one and trust that."),
    ...expiry(
      `${endpoint}: the gateway's own certificate`,
      own,
      now,
      `move ${own.certificateFile} away; the next connection makes a new one, which the servers have to trust.`,
    ),
  ];
}

function expiry(whose: string, certificate: Certificate, now: EpochMs, remedy: string): readonly string[] {
  const { thumbprint, validTo } = certificate;
  const left = elapsed(now, validTo);
  if (left > warnAhead) return [];
  const when =
    left > 0 ? `expires on ${day(validTo)}, in ${Math.floor(left / aDay)} days` : `expired on ${day(validTo)}`;
  return [`${whose}, ${thumbprint}, ${when}: ${remedy}`];
}

export const certificatesOf = (secured: Secured): readonly CertificateNote[] =>
  "own" in secured ? [note("own", secured.own), note("device", secured.server)] : [];

const note = (whose: CertificateNote["whose"], { thumbprint, validTo }: Certificate): CertificateNote => ({
  whose,
  thumbprint,
  validTo,
});
