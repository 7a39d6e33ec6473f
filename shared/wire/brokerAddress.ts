import { CodedError } from "#shared/model/errors.ts";
import { brokerName } from "./mqttClient.ts";
import type { SessionOptions } from "./session.ts";

/** How a process reaches its broker, or one after the other of several that know nothing of each other. */
export type BrokerAddress = Pick<SessionOptions, "url" | "username" | "password" | "ca" | "cert" | "key"> & {
  /** Further brokers, in the order in which they are tried. */
  readonly otherUrls?: readonly string[];
};

/** Reads `<url>[,<url>…]`; throws `CONFIG` for an address that is none, or is named twice. */
export function parseBrokers(text: string): Pick<BrokerAddress, "url"> & { readonly otherUrls: readonly string[] } {
  const urls = text.split(",").map((url) => url.trim());
  for (const url of urls) brokerName(url);
  if (new Set(urls).size < urls.length) throw new CodedError("CONFIG", `--broker names a broker twice: ${text}.`);
  const [url = "", ...otherUrls] = urls;
  return { url, otherUrls };
}
