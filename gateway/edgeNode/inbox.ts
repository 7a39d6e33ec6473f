import type { Log } from "#shared/kit/log.ts";
import type { Counter } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { acksIn, asksRebirth, type BatchAck, replayFromIn } from "#shared/wire/delivery.ts";
import { type HostState, parseHostState } from "#shared/wire/hostState.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";

export interface InboxTopics {
  /** Null where no host says STATE. */
  readonly state: string | null;
  readonly command: string;
}

/** What the host said in one session. */
export interface Inbox {
  receive(topic: string, payload: Uint8Array): void;
  /** By the host's newest STATE; an older one changes nothing (message-flow-edge-node-birth-publish-phid-wait-timestamp). */
  readonly isHostOnline: boolean;
  /** Whether the host acknowledged anything yet. */
  readonly acknowledged: boolean;
  /** Whether a rebirth was asked for since the last call. */
  takeRebirth(): boolean;
}

export function createInbox(
  topics: InboxTopics,
  heard: {
    readonly onAck: (ack: BatchAck) => void;
    readonly onReplay: (from: EpochMs) => void;
    readonly onChange: () => void;
  },
  refused: Counter,
  log: Log,
): Inbox {
  let host: HostState | undefined;
  let rebirth = false;
  let acknowledged = false;
  return {
    receive: (topic, payload) => {
      try {
        if (topic === topics.state) {
          const state = parseHostState(payload);
          if (!host || state.timestamp >= host.timestamp) host = state;
        } else if (topic === topics.command) {
          const command = decodeMessage("NCMD", payload);
          for (const ack of acksIn(command)) {
            acknowledged = true;
            heard.onAck(ack);
          }
          rebirth ||= asksRebirth(command);
          const from = replayFromIn(command);
          if (from !== undefined) heard.onReplay(from);
        }
      } catch (error) {
        refused.add(1, { topic });
        log.warn({ topic, error: messageOf(error) }, "A message of the host is not understood");
      }
      heard.onChange();
    },
    get isHostOnline() {
      return topics.state === null || host?.online === true;
    },
    get acknowledged() {
      return acknowledged;
    },
    takeRebirth: () => {
      const asked = rebirth;
      rebirth = false;
      return asked;
    },
  };
}
