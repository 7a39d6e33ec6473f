/**
 * Watches the MQTT framing of one connection (MQTT 3.1.1, 2.2: a fixed header with a remaining length of one to four
 * bytes) and says whether the stream stays within `limitBytes` per packet. Aedes collects a packet whole before it
 * looks at it, so this bound is what protects the memory of the process.
 */
export function createFrameGuard(limitBytes: () => number): (chunk: Uint8Array) => boolean {
  let inHeader = false;
  let length = 0;
  let lengthBytes = 0;
  let bodyLeft = 0;
  return (chunk) => {
    for (let i = 0; i < chunk.length; ) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, chunk.length - i);
        bodyLeft -= taken;
        i += taken;
      } else if (!inHeader) {
        inHeader = true;
        length = 0;
        lengthBytes = 0;
        i += 1;
      } else {
        const byte = chunk[i] as number;
        length += (byte & 0x7f) * 128 ** lengthBytes;
        lengthBytes += 1;
        i += 1;
        if (byte < 0x80) {
          inHeader = false;
          bodyLeft = length;
          if (length > limitBytes()) return false;
        } else if (lengthBytes === 4) return false;
      }
    }
    return true;
  };
}
