import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** What people and checks need to know of an application instance certificate (IEC 62541-6, 6.2.2). */
export interface Certificate {
  /** SHA-1, upper-case hexadecimal, as servers display it. */
  readonly thumbprint: string;
  /** On one line, for example `CN=PLC 1, O=Example`. */
  readonly subject: string;
  readonly validFrom: EpochMs;
  readonly validTo: EpochMs;
  /** Application URIs in the subject alternative name; the standard wants one. */
  readonly uris: readonly string[];
  /** Host names and IP addresses in the subject alternative name. */
  readonly hosts: readonly string[];
  readonly x509: X509Certificate;
}

/** The first certificate in PEM text or DER bytes, which may be a chain; throws where there is none. */
export function certificateOf(content: string | Buffer): Certificate {
  const x509 = new X509Certificate(content);
  const names = alternativeNames(x509.subjectAltName);
  return {
    thumbprint: x509.fingerprint.replaceAll(":", ""),
    subject: x509.subject.split("\n").join(", "),
    validFrom: instant(Date.parse(x509.validFrom)),
    validTo: instant(Date.parse(x509.validTo)),
    uris: names.flatMap(([kind, name]) => (kind === "URI" ? [name] : [])),
    hosts: names.flatMap(([kind, name]) => (kind === "DNS" || kind === "IP Address" ? [name] : [])),
    x509,
  };
}

/** Node gives the names as one text, `URI:urn:a, DNS:b`, and quotes as JSON what has a comma in it. */
function alternativeNames(text = ""): readonly (readonly [kind: string, name: string])[] {
  const found = text.matchAll(/(?<kind>URI|DNS|IP Address):(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<plain>[^,]*))/g);
  return [...found].map(({ groups: { kind = "", quoted, plain = "" } = {} }) => [
    kind,
    quoted === undefined ? plain : String(JSON.parse(quoted)),
  ]);
}

/** Whether the certificate is made out for that host name or address. */
export const isFor = ({ x509 }: Certificate, host: string): boolean =>
  (isIP(host) === 0 ? x509.checkHost(host, { subject: "never", wildcards: false }) : x509.checkIP(host)) !== undefined;

/** Host of an endpoint URL, `opc.tcp://[fe80::1]:4840/path` included. */
export const hostOf = (endpoint: string): string =>
  new URL(endpoint.replace(/^opc\.tcp:/, "http:")).hostname.replace(/^\[|\]$/g, "");

/** Thumbprint, subject and validity for one line of text. */
export const described = ({ thumbprint, subject, validFrom, validTo }: Certificate): string =>
  `${thumbprint} (${subject}; valid ${day(validFrom)} to ${day(validTo)})`;

export const day = (at: EpochMs): string => new Date(at).toISOString().slice(0, 10);
