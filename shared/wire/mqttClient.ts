import mqtt, { type MqttClient } from "mqtt";
import { CodedError } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import type { SessionOptions } from "./session.ts";

/** Seconds between two packets of a side that has nothing to say. */
export const defaultKeepaliveS = 20;
const connectTimeout = seconds(10);

/** Host and port, for messages; throws `CONFIG` where the address is none. Never shows a password in the address. */
export function brokerName(url: string): string {
  const parsed = URL.parse(url);
  if (parsed && ["mqtt:", "mqtts:"].includes(parsed.protocol) && parsed.hostname) return parsed.host;
  throw new CodedError("CONFIG", "The broker's address must look like mqtt://host:1883 or mqtts://host:8883.");
}

/** One client object per session: mqtt.js resends, in a reconnect, before the birth could be published. */
export function createClient({
  url,
  username,
  password,
  clientId,
  keepaliveS = defaultKeepaliveS,
  will,
  ca,
  cert,
  key,
  onMessage,
}: SessionOptions): MqttClient {
  const client = mqtt.connect(url, {
    protocolVersion: 4,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    keepalive: keepaliveS,
    connectTimeout,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca: asBuffer(ca) }),
    ...(cert !== undefined && { cert: asBuffer(cert) }),
    ...(key !== undefined && { key: asBuffer(key) }),
    ...(will && { will: { ...will, payload: asBuffer(will.payload) } }),
  });
  client.on("message", (topic, payload, packet) => onMessage(topic, payload, packet.retain));
  return client;
}

export const asBuffer = (payload: Uint8Array | string): Buffer =>
  typeof payload === "string"
    ? Buffer.from(payload)
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
