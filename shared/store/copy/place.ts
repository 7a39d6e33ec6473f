import { CodedError } from "#shared/model/errors.ts";
import { readStoreOptions, type StoreOptions, type StoreOptionValues, storeOptionSpecs } from "../registry.ts";

/**
 * Where a copy reads or writes: a store's name, for the one that the other options describe; `embedded:<file>`; or
 * `influx:<url>`, whose query may say what the --influx- options say: `influx:http://host:8086?database=old&version=1`.
 * Throws `CONFIG`.
 */
export async function readPlace(
  text: string,
  values: Omit<StoreOptionValues, "store">,
  historyFile: string,
): Promise<StoreOptions> {
  const [, store = text, where] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (where === undefined) return readStoreOptions({ ...values, store }, historyFile);
  if (store === "embedded") return readStoreOptions({ ...values, store }, where);
  if (!URL.canParse(where)) throw new CodedError("CONFIG", `\`${text}\` names no address behind \`${store}:\`.`);
  const url = new URL(where);
  const given = [...url.searchParams].map(([name, value]) => [`influx-${name}`, value] as const);
  for (const [name] of given) {
    if (!Object.hasOwn(storeOptionSpecs, name) || name === "influx-url") {
      throw new CodedError("CONFIG", `\`${text}\`: there is no option --${name}.`);
    }
  }
  url.search = "";
  const address = url.href.replace(/\/$/, "");
  return readStoreOptions({ ...values, store, "influx-url": address, ...Object.fromEntries(given) }, historyFile);
}
