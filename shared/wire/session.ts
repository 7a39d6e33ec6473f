import type { MqttClient } from "mqtt";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { asBuffer, brokerName, createClient } from "./mqttClient.ts";

export type Qos = 0 | 1;

export interface Subscription {
  readonly filter: string;
  readonly qos: Qos;
}

/** What the broker publishes where this session ends without saying so. */
export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly qos: Qos;
  readonly retain: boolean;
}

export interface SessionOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly keepaliveS?: number;
  readonly will?: Will;
  /** Certificate authority of the broker in PEM, for `mqtts:`; otherwise those that Node trusts. */
  readonly ca?: string | Uint8Array;
  /** Certificate and key of this side in PEM, for a broker that asks for one. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** Bytes that may wait for a peer that takes none; beyond them the session ends. */
  readonly maxBufferedBytes?: number;
  /** Must return at once: the next packet, PINGRESP included, waits for it. */
  readonly onMessage: (topic: string, payload: Uint8Array, retained: boolean) => void;
}

export interface PublishOptions {
  readonly qos?: Qos;
  readonly retain?: boolean;
}

/** One MQTT session, from CONNECT to its end; it never reconnects. Disposing of it says DISCONNECT, so no will. */
export interface Session extends AsyncDisposable {
  /** Resolves when the broker has granted every filter; throws `FORBIDDEN` naming those it refused. */
  subscribe(subscriptions: readonly Subscription[]): Promise<void>;
  /**
   * QoS 0 unless asked otherwise: given to the socket and forgotten; nothing happens once the session has ended. The
   * payload is not copied, so leave it as it is.
   */
  publish(topic: string, payload: Uint8Array | string, options?: PublishOptions): void;
  /** QoS 1: resolves at the broker's PUBACK, throws `NOT_CONNECTED` when the session ends before it. */
  publishConfirmed(topic: string, payload: Uint8Array | string, options?: Omit<PublishOptions, "qos">): Promise<void>;
  /** Resolves with the cause when the session has ended, for whatever reason; never rejects. */
  readonly ended: Promise<string>;
  /** Bytes given to `publish` that the peer has not taken yet. */
  bufferedBytes(): number;
}

const defaultMaxBufferedBytes = 2 ** 25;
/** A peer that does not close in this time after DISCONNECT is cut off. */
const closeTimeout = seconds(2);

/** CONNACK return codes 4 and 5 of MQTT 3.1.1: the credential is refused. */
const refusedCredential: readonly unknown[] = [4, 5];

/**
 * Connects and logs in. Throws `NOT_CONNECTED`, `FORBIDDEN` for a refused credential, or `CONFIG` for a wrong address.
 * MQTT 3.1.1 with a clean session, as Sparkplug wants it.
 */
export async function openSession(
  options: SessionOptions,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Session> {
  const broker = brokerName(options.url);
  if (signal.aborted) throw new CodedError("NOT_CONNECTED", `Connecting to ${broker} was cancelled.`);
  const client = createClient(options);
  // mqtt.js reports the reason in `error` and the fact in `close`; without a listener an error would end the process.
  const seen = { cause: "the connection was closed", error: undefined as unknown, refusal: undefined as unknown };
  client.on("error", (error) => {
    seen.cause = messageOf(error) || error.name;
    seen.error = error;
    seen.refusal = "code" in error ? error.code : undefined;
  });
  const cancel = () => {
    seen.cause = "cancelled";
    client.end(true);
  };
  signal.addEventListener("abort", cancel);
  const connected = await new Promise<boolean>((resolve) => {
    client.once("connect", () => resolve(true));
    client.once("close", () => resolve(false));
    client.once("end", () => resolve(false));
  });
  signal.removeEventListener("abort", cancel);
  if (!connected) {
    client.end(true);
    const code = refusedCredential.includes(seen.refusal) ? "FORBIDDEN" : "NOT_CONNECTED";
    throw new CodedError(code, `No MQTT session with ${broker}: ${seen.cause}.`, { cause: seen.error });
  }
  return sessionOf(client, seen, options, broker, clock);
}

function sessionOf(
  client: MqttClient,
  seen: { cause: string },
  { maxBufferedBytes = defaultMaxBufferedBytes }: SessionOptions,
  broker: string,
  clock: Clock,
): Session {
  let open = true;
  /** Whoever waits for the broker; mqtt.js itself may never call back once the connection is gone. */
  const waiting = new Set<(error: CodedError) => void>();
  const over = () => new CodedError("NOT_CONNECTED", `The MQTT session with ${broker} ended: ${seen.cause}.`);
  const ended = new Promise<string>((resolve) => {
    client.once("close", () => {
      open = false;
      for (const reject of waiting) reject(over());
      waiting.clear();
      resolve(seen.cause);
      client.end(true);
    });
  });

  const whileOpen = <T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (!open) return reject(over());
      waiting.add(reject);
      const settle =
        <V>(then: (value: V) => void) =>
        (value: V) => {
          waiting.delete(reject);
          then(value);
        };
      const refuse = (error: Error) =>
        reject(error instanceof CodedError ? error : new CodedError("UNKNOWN", `${broker}: ${messageOf(error)}.`));
      start(settle(resolve), settle(refuse));
    });

  return {
    ended,
    bufferedBytes: () => (open ? client.stream.writableLength : 0),
    subscribe: (subscriptions) =>
      whileOpen((resolve, reject) => {
        const wanted = Object.fromEntries(subscriptions.map(({ filter, qos }) => [filter, { qos }]));
        client.subscribe(wanted, (error, asked = [], answer) => {
          const codes = answer?.granted ?? [];
          const refused = asked.filter((_, i) => Number(codes[i]) >= 0x80).map(({ topic }) => topic);
          if (error && refused.length === 0) reject(error);
          else if (refused.length > 0) reject(new CodedError("FORBIDDEN", `${broker} refuses ${refused.join(", ")}.`));
          else resolve();
        });
      }),
    publish: (topic, payload, { qos = 0, retain = false } = {}) => {
      if (!open) return;
      if (client.stream.writableLength > maxBufferedBytes) {
        seen.cause = `the broker takes no data, ${client.stream.writableLength} bytes wait`;
        client.stream.destroy();
        return;
      }
      client.publish(topic, asBuffer(payload), { qos, retain });
    },
    publishConfirmed: (topic, payload, { retain = false } = {}) =>
      whileOpen((resolve, reject) => {
        client.publish(topic, asBuffer(payload), { qos: 1, retain }, (error) => (error ? reject(error) : resolve()));
      }),
    [Symbol.asyncDispose]: async () => {
      if (!open) return void (await ended);
      open = false;
      seen.cause = "closed by this side";
      const patience = new AbortController();
      client.end(false);
      await Promise.race([ended, clock.sleep(closeTimeout, patience.signal)]);
      patience.abort();
      client.stream.destroy();
      await ended;
    },
  };
}
