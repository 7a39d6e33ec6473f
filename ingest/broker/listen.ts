import { isIP } from "node:net";
import { CodedError } from "#shared/model/errors.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:1883`, `[::1]:1883`; throws `CONFIG` for anything else. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new CodedError(
      "CONFIG",
      `\`${text}\` is not an address to listen on; write host:port, for example 127.0.0.1:1883.`,
    );
  }
  return { host, port };
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** `host:port` as a URL has it. */
export const hostPort = ({ host, port }: ListenAddress): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
