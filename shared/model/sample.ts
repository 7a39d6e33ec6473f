import type { ErrorCode } from "./errors.ts";
import type { Brand, EpochMs } from "./time.ts";

/** `<platform>/<line>/<equipment>/<tag>`: unique over all platforms of an installation, stable over years. */
export type TagId = Brand<string, "tag id">;

export interface TagPath {
  readonly platform: string;
  readonly line: string;
  readonly equipment: string;
  readonly tag: string;
}

export const tagId = ({ platform, line, equipment, tag }: TagPath): TagId =>
  `${platform}/${line}/${equipment}/${tag}` as TagId;

/** The parts of a tag id, or undefined where the text is not one. */
export function parseTagId(text: string): TagPath | undefined {
  const [platform, line, equipment, tag, ...more] = text.split("/");
  if (!platform || !line || !equipment || !tag || more.length > 0) return undefined;
  return { platform, line, equipment, tag };
}

/** Quality after OPC UA Part 8: the two top bits of a StatusCode. */
export type Quality = "good" | "uncertain" | "bad";

/** What a tag can carry. A whole number beyond 2^53 is its decimal text, see `exactInteger`. */
export type TagValue = number | boolean | string;

interface Stamp {
  readonly tag: TagId;
  /** Source time. */
  readonly at: EpochMs;
}

export type GoodSample = Stamp & {
  readonly quality: "good" | "uncertain";
  readonly value: TagValue;
  /** Why the value is only uncertain. */
  readonly reason?: ErrorCode;
};
export type BadSample = Stamp & { readonly quality: "bad"; readonly value: null; readonly reason: ErrorCode };

/** (tag, time, value, quality). A bad sample has no number to misuse, and says why. */
export type Sample = GoodSample | BadSample;

/** A batch's name on the wire and in the store: `<queue id>:<number>`; never used twice (D3). */
export interface BatchName {
  readonly queueId: string;
  readonly number: number;
}

/** Time without data, with its cause; shown, never filled (D11). `to` is null while it lasts. */
export interface Gap {
  readonly tag: TagId;
  /**
   * Where `lost` is null, source times of the samples on both sides of the silence; else of the first and the last
   * sample that is lost.
   */
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly cause: GapCause;
  /** Null for silence. Else samples were there and are lost: how many, 0 where nobody could count them. */
  readonly lost: number | null;
}

/** Why time of a tag is missing. */
export const gapCauses = [
  /** The gateway had no connection to the device. */
  "device_lost",
  /** The gateway was off, or away with nothing in its outbox. */
  "gateway_lost",
  /** The host was away, and the edge node keeps nothing. */
  "host_lost",
  /** Accepted samples were given up: the outbox was full; damaged; or its disk took nothing. */
  "outbox_full",
  "outbox_expired",
  "outbox_damaged",
  "outbox_failed",
  /** Samples exist, but the source's clock gave them another time. */
  "clock_suspect",
  /** The store, or the host, will never take the samples: they lie in the dead letter. */
  "rejected",
  /** The plant model has the tag, the gateway does not read it. */
  "not_configured",
  /** The gateway went on working: its outbox may still bring what is missing. */
  "undelivered",
  /** Gateway and device are there, everything accepted is stored, and the tag said nothing. */
  "source_silent",
] as const;
export type GapCause = (typeof gapCauses)[number];
