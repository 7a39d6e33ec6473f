import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type EpochMs, later, minutes } from "#shared/model/time.ts";

/** How a channel does: `failing` after a failure, `dead` once it is taken for broken. */
export interface ChannelState {
  readonly channel: string;
  readonly state: "ok" | "failing" | "dead";
  /** Since when; null while nothing has been sent. */
  readonly since: EpochMs | null;
  readonly error: string | null;
  readonly deliveredAt: EpochMs | null;
}

/** Failures in a row after which a channel counts as dead. */
const failuresUntilDead = 3;
/** A dead channel is tried again after so long. */
const probeAfter = minutes(1);

interface Entry {
  state: ChannelState;
  failures: number;
  triedAt: EpochMs | null;
}

/** What deliveries have shown of the channels. A message that is refused for its own sake says nothing of its channel. */
export class ChannelBook {
  #entries: ReadonlyMap<string, Entry>;

  constructor(channels: readonly string[]) {
    const untried = { state: "ok", since: null, error: null, deliveredAt: null } as const;
    this.#entries = new Map(
      channels.map((channel) => [channel, { state: { channel, ...untried }, failures: 0, triedAt: null }]),
    );
  }

  get states(): readonly ChannelState[] {
    return [...this.#entries.values()].map(({ state }) => state);
  }

  isDead(channel: string): boolean {
    return this.#entries.get(channel)?.state.state === "dead";
  }

  /** Whether a message should not even try the channel now, if it has another way. */
  isAvoided(channel: string, now: EpochMs): boolean {
    const entry = this.#entries.get(channel);
    if (entry?.state.state !== "dead") return false;
    return entry.triedAt !== null && now < later(entry.triedAt, probeAfter);
  }

  delivered(channel: string, at: EpochMs): void {
    const entry = this.#entries.get(channel);
    if (!entry) return;
    entry.failures = 0;
    entry.triedAt = at;
    const since = entry.state.state === "ok" && entry.state.since !== null ? entry.state.since : at;
    entry.state = { channel, state: "ok", since, error: null, deliveredAt: at };
  }

  /** True where the channel has just died. */
  failed(channel: string, thrown: unknown, at: EpochMs): boolean {
    const entry = this.#entries.get(channel);
    if (!entry) return false;
    entry.triedAt = at;
    const code = thrown instanceof CodedError ? thrown.code : "UNKNOWN";
    const isOfTheMessage = code === "MALFORMED" || code === "NOT_FOUND";
    if (isOfTheMessage) return false;
    entry.failures += 1;
    const before = entry.state;
    const isDead = code === "FORBIDDEN" || code === "CONFIG" || entry.failures >= failuresUntilDead;
    const state = isDead || before.state === "dead" ? "dead" : "failing";
    entry.state = { ...before, state, error: messageOf(thrown), since: before.state === state ? before.since : at };
    return state === "dead" && before.state !== "dead";
  }
}
