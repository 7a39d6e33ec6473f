import type { LineEvents, OpenLine } from "../../gateway/drivers/modbus/transports/byteLine.ts";
import { takeRequests, type Wire, type WireRequest } from "./modbusWire.ts";

/** A line in memory between a link and a device that the test plays. */
export interface MemoryLine {
  readonly open: OpenLine;
  /** Number of the connection that stands, from 1; 0 while none does. */
  readonly connection: number;
  /** Connections opened so far, and those open now. */
  readonly opened: number;
  readonly openNow: number;
  /** Requests so far. */
  readonly asked: readonly WireRequest[];
  deliver(bytes: Uint8Array): void;
  /** The device ends the connection. */
  cut(): void;
  refuse: Error | undefined;
}

export function createMemoryLine(
  wire: Wire,
  asked: (request: WireRequest, line: MemoryLine) => void = () => {},
): MemoryLine {
  let events: LineEvents | undefined;
  let number = 0;
  let openNow = 0;
  const requests: WireRequest[] = [];
  const line: MemoryLine = {
    open: async (given) => {
      if (line.refuse) throw line.refuse;
      const mine = given;
      number += 1;
      openNow += 1;
      events = mine;
      const end = () => {
        if (events !== mine) return;
        events = undefined;
        openNow -= 1;
      };
      return {
        send: (bytes) => {
          if (events !== mine) throw new Error("sent on a connection that is closed");
          for (const request of takeRequests(wire, Buffer.from(bytes)).requests) {
            requests.push(request);
            // A device answers later, never while it is being asked.
            queueMicrotask(() => asked(request, line));
          }
        },
        close: end,
      };
    },
    get connection() {
      return events ? number : 0;
    },
    get opened() {
      return number;
    },
    get openNow() {
      return openNow;
    },
    asked: requests,
    deliver: (bytes) => events?.bytes(bytes),
    cut: () => {
      const told = events;
      if (!told) return;
      events = undefined;
      openNow -= 1;
      told.gone("the device closed the connection");
    },
    refuse: undefined,
  };
  return line;
}
