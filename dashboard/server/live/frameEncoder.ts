import { Encoder, type Packet, PacketType } from "socket.io-parser";

const shared: ReadonlySet<unknown> = new Set(["frame", "alarms"]);

/**
 * socket.io's own encoding, except that a frame or a part of alarms is turned into text once, however many clients get
 * it: packets differ by the number of their acknowledgement only.
 */
export class FrameEncoder extends Encoder {
  readonly #texts = new WeakMap<object, string>();

  override encode(packet: Packet): unknown[] {
    const [event, body, ...more]: unknown[] = Array.isArray(packet.data) ? packet.data : [];
    const isShared = packet.type === PacketType.EVENT && packet.nsp === "/" && shared.has(event) && more.length === 0;
    if (!isShared || typeof body !== "object" || body === null) return super.encode(packet);
    const text = this.#texts.get(body) ?? JSON.stringify(body);
    this.#texts.set(body, text);
    return [`${PacketType.EVENT}${packet.id ?? ""}["${event}",${text}]`];
  }
}
