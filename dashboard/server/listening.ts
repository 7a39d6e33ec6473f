import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { DashboardOptions } from "./command.ts";
import { isLoopback, parseOrigin } from "./origins.ts";

/** Where and how the pages are served. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly publicOrigin: string | null;
}

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. */
function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new CodedError("CONFIG", `--listen takes host:port, for example 127.0.0.1:8080, got \`${text}\`.`);
  }
  return { host, port };
}

const staysHere = (host: string): boolean => host === "localhost" || (isIP(host) !== 0 && isLoopback(host));

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CodedError("CONFIG", `--${option} ${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** Reads and checks the options; throws `CONFIG`, above all where the pages would be open to a network without TLS. */
export async function readListening(options: DashboardOptions): Promise<Listening> {
  const address = parseAddress(options.listen);
  const { "tls-cert": cert, "tls-key": key, "public-origin": origin } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new CodedError("CONFIG", "--tls-cert and --tls-key belong together: give both.");
  }
  if (!staysHere(address.host)) {
    if (cert === undefined) {
      throw new CodedError(
        "CONFIG",
        `The pages are not served on ${options.listen} without TLS: passwords would cross the network in the clear. ` +
          "Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has them.",
      );
    }
    if (origin === undefined) {
      throw new CodedError(
        "CONFIG",
        `--listen ${options.listen} needs --public-origin, for example https://pilot.example.cn: ` +
          "only pages of that origin may send requests.",
      );
    }
  }
  const tls =
    cert === undefined || key === undefined
      ? null
      : { cert: await readPem("tls-cert", cert), key: await readPem("tls-key", key) };
  return { ...address, tls, publicOrigin: origin === undefined ? null : parseOrigin(origin) };
}
