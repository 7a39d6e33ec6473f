import type { Socket } from "node:net";
import type { Clock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import type { Fault, ModbusFault } from "../../faults/catalogue.ts";
import type { Player } from "../../faults/player.ts";
import type { Frame, Framing } from "./frames.ts";
import { type Act, isFor, mangle } from "./mangle.ts";

const isModbus = (fault: Fault): fault is ModbusFault => fault.fault.startsWith("modbus.");

/** The Modbus side of a scenario that runs. */
export interface Hostility {
  /** What is done instead of answering with `pdu`. */
  answer(request: Frame, pdu: Buffer): readonly Act[];
  /** Whether a unit's registers stand still now. */
  frozen(): (unit: number) => boolean;
}

export function createHostility({ active, random }: Player, framing: Framing): Hostility {
  const now = () => active().flatMap(({ step: { fault, chance } }) => (isModbus(fault) ? [{ fault, chance }] : []));
  return {
    answer: (request, pdu) => {
      const faults = now().flatMap(({ fault, chance }) =>
        isFor(fault, request) && (chance === 1 || random() < chance) ? [fault] : [],
      );
      return mangle(request, pdu, faults, framing, random);
    },
    frozen: () => {
      const faults = now().flatMap(({ fault }) => (fault.fault === "modbus.frozen" ? [fault] : []));
      return (unit) => faults.some((fault) => (fault.unit ?? unit) === unit);
    },
  };
}

/** The connections of a face, the newest last. */
export type Connections = ReadonlySet<Socket>;

/** Does one request's acts after those of the request before it, as a device on a line does; for one connection. */
export function createPerformer(socket: Socket, all: Connections, clock: Clock): (acts: readonly Act[]) => void {
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  const isOpen = (one: Socket | undefined) => one !== undefined && !one.destroyed && !one.writableEnded;
  const perform = async (acts: readonly Act[]) => {
    for (const act of acts) {
      if (act.afterMs > 0) await clock.sleep(millis(act.afterMs), act.follows ? undefined : gone.signal);
      const target = isOpen(socket) || !act.follows ? socket : [...all].at(-1);
      if (!target || !isOpen(target)) return;
      if ("bytes" in act) target.write(act.bytes);
      else if (act.end === "reset") target.resetAndDestroy();
      else target.end();
    }
  };
  let before = Promise.resolve();
  return (acts) => {
    before = before.then(() => perform(acts));
  };
}
