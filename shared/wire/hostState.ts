import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** Payload of the STATE topic (host-topic-phid-birth-payload): whether the primary host is there. */
export interface HostState {
  readonly online: boolean;
  readonly timestamp: EpochMs;
}

/** JSON with these two keys and no other. */
export const encodeHostState = ({ online, timestamp }: HostState): string => JSON.stringify({ online, timestamp });

/** Throws `MALFORMED` for anything else, such as `ONLINE` of Sparkplug 2.2. */
export function parseHostState(payload: Uint8Array): HostState {
  const text = new TextDecoder().decode(payload);
  try {
    const { online, timestamp }: Record<string, unknown> = JSON.parse(text) ?? {};
    if (typeof online === "boolean" && typeof timestamp === "number" && Number.isFinite(timestamp)) {
      return { online, timestamp: instant(timestamp) };
    }
  } catch {
    // Said below, as for JSON of another shape.
  }
  throw new CodedError("MALFORMED", `\`${text.slice(0, 100)}\` is no STATE: {"online", "timestamp"}.`);
}
