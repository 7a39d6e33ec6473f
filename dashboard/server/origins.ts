import { BlockList, isIPv6, type Server } from "node:net";
import { CodedError } from "#shared/model/errors.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addSubnet("::ffff:127.0.0.0", 104, "ipv6");

export const isLoopback = (address: string): boolean => loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");

/** Whether a browser page of this origin may send requests and open sockets. A missing origin may not. */
export type OriginCheck = (origin: string | undefined) => boolean;

/**
 * Allows the public origin and, where the server listens on loopback, its own addresses there. The Host header is
 * no evidence: a page of another name can make a browser send any (DNS rebinding).
 */
export function createOriginCheck(publicOrigin: string | null, tls: boolean, server: () => Server): OriginCheck {
  const scheme = tls ? "https" : "http";
  return (origin) => {
    if (origin === undefined) return false;
    if (origin === publicOrigin) return true;
    const bound = server().address();
    if (bound === null || typeof bound === "string" || !isLoopback(bound.address)) return false;
    return ["127.0.0.1", "localhost", "[::1]"].some((host) => origin === `${scheme}://${host}:${bound.port}`);
  };
}

/** `https://pilot.example.cn` as browsers write it; throws `CONFIG` for anything else. */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.origin !== text.replace(/\/$/, "")) {
    throw new CodedError(
      "CONFIG",
      `--public-origin takes scheme, host and port like https://pilot.example.cn, got \`${text}\`.`,
    );
  }
  return url.origin;
}
