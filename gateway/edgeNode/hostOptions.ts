import { type DurationMs, seconds } from "#shared/model/time.ts";
import { defaultKeepaliveS } from "#shared/wire/mqttClient.ts";

/** `acked`: a batch is owed until the host says that it is stored (D3); `plain`: until it is sent, as Sparkplug has it. */
export const deliveries = ["acked", "plain"] as const;
export type Delivery = (typeof deliveries)[number];

/** The host that a gateway delivers to. */
export interface HostOptions {
  /** Its Sparkplug id: nothing is sent before its STATE says that it is online. Null where no host says one. */
  readonly id: string | null;
  readonly delivery: Delivery;
  /** Towards a host that does not acknowledge: a session that has stood for so long since has delivered a batch. */
  readonly heldFor: DurationMs;
}

/** A dead connection is noticed within one and a half keep-alives. */
export const heldForDefault = seconds(2 * defaultKeepaliveS);
