import type { TagConfig } from "../schema.ts";

/** A tag of the device that is checked; `path` is the tag's key path in the plant file. */
export interface AddressedTag {
  readonly path: string;
  readonly config: TagConfig;
}

/** The device whose tags are checked; `path` is its key path in the plant file. */
export interface CheckedDevice {
  readonly path: string;
  readonly connection: unknown;
  readonly polling: unknown;
}

export interface AddressMistake {
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}

/** What is wrong with a device and the addresses of its tags, each of which has the form that its schema asks for. */
export type AddressCheck = (tags: readonly AddressedTag[], device: CheckedDevice) => readonly AddressMistake[];

/** A tag as the protocol's driver wants it: what may be written in several ways is written in one. */
export type Normalise = (config: TagConfig) => TagConfig;
