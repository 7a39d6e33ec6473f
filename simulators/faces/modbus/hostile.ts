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

/** Does the acts of requests; `forSocket` is for one connection. */
export interface Performer {
  forSocket(socket: Socket): (acts: readonly Act[]) => void;
}

/**
 * Does a request's acts after those of the request before it on the connection, and after all that a line still has
 * to bring: a device answers in order. `sockets` are the open ones, the newest last.
 */
export function createPerformer(sockets: ReadonlySet<Socket>, clock: Clock): Performer {
  const isOpen = (one: Socket | undefined) => one !== undefined && !one.destroyed && !one.writableEnded;
  const perform = async (socket: Socket, acts: readonly Act[], gone: AbortSignal) => {
    for (const act of acts) {
      if (act.afterMs > 0) await clock.sleep(millis(act.afterMs), act.follows ? undefined : gone);
      const target = isOpen(socket) || !act.follows ? socket : [...sockets].at(-1);
      if (!target || !isOpen(target)) return;
      if ("bytes" in act) target.write(act.bytes);
      else if (act.end === "reset") target.resetAndDestroy();
      else target.end();
    }
  };
  let onLine = Promise.resolve();
  return {
    forSocket: (socket) => {
      const gone = new AbortController();
      socket.once("close", () => gone.abort());
      let onSocket = Promise.resolve();
      return (acts) => {
        onSocket = Promise.all([onSocket, onLine]).then(() => perform(socket, acts, gone.signal));
        if (acts.some(({ follows }) => follows)) onLine = onSocket;
      };
    },
  };
}
