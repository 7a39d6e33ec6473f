import type { Clock } from "#shared/kit/clock.ts";
import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { MessageContent } from "#shared/model/notification.ts";
import type { LocalText } from "#shared/model/text.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { SecretRef } from "#shared/plant/notification/channelSchemas.ts";
import type { Rendered } from "./render.ts";

/** A message as a channel takes it. */
export interface Outgoing extends Rendered {
  /** Stable over all tries: whoever gets it twice can tell. */
  readonly id: string;
  readonly to: { readonly id: string; readonly name: LocalText };
  readonly address: string | undefined;
  readonly priority: AlarmPriority;
  /** How many alarms it speaks of. */
  readonly count: number;
  readonly at: EpochMs;
  readonly content: MessageContent;
}

/** A way out of the plant. */
export interface Channel extends AsyncDisposable {
  /**
   * Resolved means taken by the other side. Throws `DeliveryError`: with verdict retry (`NOT_CONNECTED`, `TIMEOUT`,
   * `BUSY`) the same may go later; `FORBIDDEN` says that the channel itself is refused, `MALFORMED` and `NOT_FOUND` that
   * this message or address is.
   */
  send(message: Outgoing, signal: AbortSignal): Promise<void>;
}

/** What a channel works with. */
export interface ChannelEnv {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Reads what the plant only names; throws `CONFIG` where it is not there. */
  readonly secret: (ref: SecretRef) => Promise<string>;
  readonly readFile: (path: string) => Promise<string>;
  /** Publishes on the plant's own broker; throws `NOT_CONNECTED` without a session. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly platform: string;
}

/** Opens a channel of one kind; throws `CONFIG` where a secret is missing. */
export type OpenChannel<Config> = (config: Config, env: ChannelEnv) => Promise<Channel>;
