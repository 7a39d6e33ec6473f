import type { TagConfig } from "../schema.ts";

/** A tag of the device that is checked; `path` is the tag's key path in the plant file. */
export interface AddressedTag {
  readonly path: string;
  readonly config: TagConfig;
}

export interface AddressMistake {
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}

/** What is wrong with the addresses of one device, each of which has the form that its schema asks for. */
export type AddressCheck = (
  tags: readonly AddressedTag[],
  device: { readonly connection: unknown; readonly polling: unknown },
) => readonly AddressMistake[];
