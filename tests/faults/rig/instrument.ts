// Instruments that count: each answer carries the next number in every register pair, so that a missing sample is a
// missing number.
import { startModbusServer } from "../../gateway/modbusServer.ts";

export interface Counter extends AsyncDisposable {
  readonly port: number;
  /** The newest number that was given. */
  readonly count: number;
}

export async function startCounter(): Promise<Counter> {
  let count = 0;
  const server = await startModbusServer(({ count: registers }) => {
    count += 1;
    return { registers: Array.from({ length: registers }, (_, i) => (i % 2 === 0 ? count >> 16 : count & 0xffff)) };
  });
  return {
    port: server.port,
    get count() {
      return count;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const counterPlatform = "faults";
export const counterLine = "bench";

/**
 * A plant of one gateway `edge-1` whose devices are counters with so many tags each; a tag is `d<device>/t<n>`. The first
 * `alarms` tags of the first device have an alarm `a<n>` that stands as soon as they count.
 */
export const counterPlant = (
  counters: readonly Counter[],
  { tags, pollMs, alarms = 0 }: { readonly tags: number; readonly pollMs: number; readonly alarms?: number },
): string => `
platform: { id: ${counterPlatform}, name: { zh: 故障试验, en: Fault experiments } }
gateways: [{ id: edge-1 }]
devices:
${counters
  .map(
    ({ port }, i) =>
      `  - { id: c${i}, gateway: edge-1, protocol: modbus, connection: { host: 127.0.0.1, port: ${port} }, polling: { periodMs: ${pollMs} } }`,
  )
  .join("\n")}
lines:
  - id: ${counterLine}
    name: { zh: 试验台, en: Bench }
    equipment:
${counters
  .map(
    (_, i) => `      - id: d${i}
        name: { zh: 计数器, en: Counter }
        kind: meter
        tags:
${Array.from(
  { length: tags },
  (_tag, n) =>
    `          - { id: t${n}, name: { zh: 数, en: Number }, device: c${i}, type: int, key: ${n === 0}, report: every, gapAfterMs: 2000, address: { table: holding, register: ${2 * n}, format: uint32 } }`,
).join("\n")}`,
  )
  .join("\n")}
${alarms > 0 ? "    alarms:" : ""}
${Array.from(
  { length: alarms },
  (_, n) => `      - { id: a${n}, name: { zh: 高, en: High }, tag: d0/t${n}, kind: high, limit: 1, priority: high }`,
).join("\n")}
`;
