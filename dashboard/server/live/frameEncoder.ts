import { Encoder, type Packet, PacketType } from "socket.io-parser";

/**
 * socket.io's own encoding, except that a frame is turned into text once, however many clients watch its view:
 * packets differ by the number of their acknowledgement only.
 */
export class FrameEncoder extends Encoder {
  readonly #texts = new WeakMap<object, string>();

  override encode(packet: Packet): unknown[] {
    const [event, frame, ...more]: unknown[] = Array.isArray(packet.data) ? packet.data : [];
    const isFrame = packet.type === PacketType.EVENT && packet.nsp === "/" && event === "frame" && more.length === 0;
    if (!isFrame || typeof frame !== "object" || frame === null) return super.encode(packet);
    const text = this.#texts.get(frame) ?? JSON.stringify(frame);
    this.#texts.set(frame, text);
    return [`${PacketType.EVENT}${packet.id ?? ""}["frame",${text}]`];
  }
}
