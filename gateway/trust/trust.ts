import { CodedError } from "#shared/model/errors.ts";
import { day } from "../drivers/opcua/security/certificate.ts";
import {
  acceptHost,
  distrust,
  readTrustList,
  type StoredCertificate,
  type TrustList,
  trust,
} from "../drivers/opcua/security/trustList.ts";
import type { TrustCommand } from "./command.ts";

/** Digits of a thumbprint that are enough to mean one. */
const leastDigits = 8;

/** Does what the command line says; gives what to print. Throws `CONFIG`, `NOT_FOUND`, `FORBIDDEN` or `CONFLICT`. */
export async function runTrust({ options, positionals: [given] }: TrustCommand): Promise<string> {
  const { "gateway-data": folder, host, remove } = options;
  if (folder === undefined) {
    throw new CodedError("CONFIG", "Give --gateway-data <folder>, the folder <data>/gateway/<id> of the gateway.");
  }
  const list = await readTrustList(folder);
  if (given === undefined) {
    if (host !== undefined || remove) throw new CodedError("CONFIG", "--host and --remove go with a thumbprint.");
    return shown(list, folder);
  }
  const certificate = meant(list, given, folder);
  const { thumbprint, subject } = certificate;
  const isIn = (part: readonly StoredCertificate[]) => part.some((one) => one.thumbprint === thumbprint);
  const isTrusted = isIn(list.trusted) && !isIn(list.refused);
  if (remove) {
    if (!isIn(list.trusted))
      throw new CodedError("CONFLICT", `${thumbprint} (${subject}) is not trusted; nothing is changed.`);
    await distrust(folder, thumbprint);
    return `${thumbprint} (${subject}) is no longer trusted. A connection that stands ends with its next break.`;
  }
  if (host !== undefined) await acceptHost(folder, thumbprint, host);
  await trust(folder, thumbprint);
  const forHost = host === undefined ? "" : `, also for ${host}`;
  const whatNow = "The gateway takes it at its next attempt to connect.";
  return `${thumbprint} (${subject}) is ${isTrusted ? "already " : ""}trusted${forHost}. ${whatNow}`;
}

function meant({ trusted, refused, own }: TrustList, given: string, folder: string): StoredCertificate {
  const digits = given.replaceAll(/[\s:]/g, "").toUpperCase();
  if (!/^[0-9A-F]+$/.test(digits) || digits.length < leastDigits) {
    throw new CodedError(
      "CONFIG",
      `\`${given}\` is no thumbprint: give at least its first ${leastDigits} hexadecimal digits.`,
    );
  }
  const isMeant = ({ thumbprint }: StoredCertificate) => thumbprint.startsWith(digits);
  const [certificate, ...others] = [...refused, ...trusted].filter(isMeant);
  if (others.some(({ thumbprint }) => thumbprint !== certificate?.thumbprint))
    throw new CodedError("CONFLICT", `${given} begins several thumbprints: give more digits.`);
  if (certificate) return certificate;
  if (own.some(isMeant)) {
    throw new CodedError(
      "FORBIDDEN",
      `${given} is the gateway's own certificate: the servers have to trust it, not the gateway.`,
    );
  }
  const remedy = "It is there once the gateway has tried to connect; the command without a thumbprint lists what is.";
  throw new CodedError("NOT_FOUND", `${folder} holds no certificate whose thumbprint begins with ${given}. ${remedy}`);
}

function shown({ trusted, refused, own }: TrustList, folder: string): string {
  if (trusted.length + refused.length + own.length === 0) {
    const remedy = "Name the folder <data>/gateway/<id> of a gateway that has tried to connect to an OPC UA server.";
    throw new CodedError("NOT_FOUND", `${folder} holds no OPC UA certificates. ${remedy}`);
  }
  return [
    ...chapter("Trusted", trusted),
    ...chapter("Refused", refused),
    ...chapter("The gateway's own, for the servers to trust", own),
  ].join("\n");
}

const chapter = (title: string, certificates: readonly StoredCertificate[]): readonly string[] => [
  `${title}:`,
  ...(certificates.length === 0 ? ["  none"] : certificates.map(line)),
];

function line({ thumbprint, subject, validFrom, validTo, endpoint, acceptedHosts }: StoredCertificate): string {
  const facts = [subject, `valid ${day(validFrom)} to ${day(validTo)}`];
  if (endpoint !== undefined) facts.push(endpoint);
  if (acceptedHosts.length > 0) facts.push(`also for ${acceptedHosts.join(", ")}`);
  return `  ${thumbprint}  ${facts.join("; ")}`;
}
