// A real broker that notes what every client says, packet by packet, in the order in which it comes.
import type { Client } from "aedes";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import type { Payload } from "#shared/wire/sparkplug/types.ts";
import { type MessageType, parseSparkplugTopic } from "#shared/wire/topics.ts";
import { startAedes } from "../wire/brokers.ts";

export interface Published {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

/** What a client said. `willSent` is the broker speaking for one that is gone. */
export type Said =
  | {
      readonly kind: "connect";
      readonly client: string;
      readonly version: number;
      readonly clean: boolean;
      readonly will: Published | undefined;
    }
  | { readonly kind: "subscribe"; readonly client: string; readonly filter: string; readonly qos: number }
  | ({ readonly kind: "publish"; readonly client: string } & Published)
  | ({ readonly kind: "willSent" } & Published);

/** A Sparkplug message that a client published. */
export interface Message extends Published {
  readonly type: MessageType;
  readonly device: string | undefined;
  readonly decoded: Payload;
}

export interface WireTap extends AsyncDisposable {
  readonly url: string;
  readonly said: readonly Said[];
  /** Everything of one client. */
  of(client: string): readonly Said[];
  /** The Sparkplug messages of one client, in order. */
  messages(client: string): readonly Message[];
  /** Resolves when `holds` does, looking at whatever comes. */
  until(holds: () => boolean): Promise<void>;
  /** Cuts a client's connection without a goodbye. */
  cut(client: string): void;
}

type AedesPublish = { topic: string; payload: Buffer | string; qos: number; retain: boolean };

const published = ({ topic, payload, qos, retain }: AedesPublish): Published => ({
  topic,
  payload: Uint8Array.from(Buffer.from(payload)),
  qos,
  retain,
});

export async function startWireTap(): Promise<WireTap> {
  const said: Said[] = [];
  const clients = new Map<string, Client>();
  let waiting: (() => void)[] = [];
  const note = (one: Said) => {
    said.push(one);
    for (const wake of waiting) wake();
    waiting = [];
  };
  const broker = await startAedes((aedes) => {
    aedes.preConnect = (_client, packet, done) => {
      const { clientId, clean, will, protocolVersion } = packet;
      note({
        kind: "connect",
        client: clientId,
        version: protocolVersion ?? 0,
        clean: clean ?? false,
        will: will && published(will as AedesPublish),
      });
      done(null, true);
    };
    aedes.authorizeSubscribe = (client, subscription, done) => {
      note({ kind: "subscribe", client: client.id, filter: subscription.topic, qos: subscription.qos });
      done(null, subscription);
    };
    aedes.authorizePublish = (client, packet, done) => {
      // Aedes asks for a will too, with the bare will of the CONNECT.
      if ("cmd" in packet && packet.cmd === "publish" && client) {
        note({ kind: "publish", client: client.id, ...published(packet) });
      } else note({ kind: "willSent", ...published(packet) });
      done(null);
    };
    aedes.on("client", (client) => clients.set(client.id, client));
  });
  const of = (client: string) => said.filter((one) => one.kind !== "willSent" && one.client === client);
  return {
    url: `mqtt://127.0.0.1:${broker.port}`,
    said,
    of,
    messages: (client) =>
      of(client).flatMap((one): Message[] => {
        const topic = one.kind === "publish" ? parseSparkplugTopic(one.topic) : undefined;
        if (one.kind !== "publish" || !topic) return [];
        return [{ ...one, type: topic.type, device: topic.device, decoded: decodePayload(one.payload) }];
      }),
    until: async (holds) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    cut: (client) => clients.get(client)?.conn.destroy(),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}
