import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Player } from "../../faults/player.ts";
import type { ModbusPoint, Signal } from "../../signal.ts";
import type { Face } from "../face.ts";
import type { Frame, Framing } from "./frames.ts";
import { type FramingName, framings } from "./framings.ts";
import { createHostility, createPerformer } from "./hostile.ts";
import { createUnitImage, type UnitImage } from "./image.ts";
import { respond } from "./respond.ts";

export interface ModbusFace extends Face {
  readonly host: string;
  readonly port: number;
  /** Requests so far. */
  readonly asked: number;
}

export interface ModbusOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly framing?: FramingName;
}

/** What goes wrong, and the clock of the delays. */
export interface Scenery {
  readonly player: Player;
  readonly clock: Clock;
}

/**
 * Serves the Modbus points among `signals`, every unit behind one port. With `scenery` as its scenario says.
 *
 * An own server of node:net: modbus-serial's ServerTCP delays each answer by a timer and so stays below some 700
 * requests a second on a connection, which would measure the simulator instead of the gateway.
 */
export async function serveModbus(
  { host, port, framing: framingName = "tcp" }: ModbusOptions,
  signals: readonly Signal[],
  scenery?: Scenery,
): Promise<ModbusFace> {
  const served = signals.flatMap(({ access }, index) => (access.face === "modbus" ? [{ point: access, index }] : []));
  const images = imagesOf(served.map(({ point }) => point));
  const framing = framings[framingName];
  const hostility = scenery && createHostility(scenery.player, framing);
  const sockets = new Set<Socket>();
  let asked = 0;
  const performer = scenery && createPerformer(sockets, scenery.clock);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.once("error", () => socket.destroy());
    const answerOf = ({ unit, pdu }: Frame) => respond(pdu, images.get(unit));
    const isAnswered = ({ unit }: Frame) => framing.answersForAbsent || images.has(unit);
    const count = (requests: readonly Frame[]) => {
      asked += requests.length;
      return requests;
    };
    if (!performer || !hostility) {
      serveRequests(socket, framing, (requests) => {
        const answers = count(requests)
          .filter(isAnswered)
          .map((request) => framing.encode({ ...request, pdu: answerOf(request) }));
        if (answers.length > 0) socket.write(Buffer.concat(answers));
      });
      return;
    }
    const perform = performer.forSocket(socket);
    serveRequests(socket, framing, (requests) => {
      for (const request of count(requests).filter(isAnswered)) perform(hostility.answer(request, answerOf(request)));
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new CodedError("UNKNOWN", `The Modbus server got no TCP port on ${host}.`);
  }

  return {
    host,
    port: address.port,
    get asked() {
      return asked;
    },
    show: (readings) => {
      const isFrozen = hostility?.frozen() ?? (() => false);
      for (const { point, index } of served) {
        const reading = readings[index];
        if (reading && !isFrozen(point.unit)) images.get(point.unit)?.set(point, reading);
      }
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function imagesOf(points: readonly ModbusPoint[]): ReadonlyMap<number, UnitImage> {
  const byUnit = Map.groupBy(points, ({ unit }) => unit);
  return new Map([...byUnit].map(([unit, own]) => [unit, createUnitImage(own)]));
}

function serveRequests(socket: Socket, framing: Framing, answer: (requests: readonly Frame[]) => void): void {
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    const taken = framing.take(Buffer.concat([waiting, bytes]));
    if (!taken) {
      socket.destroy();
      return;
    }
    waiting = Buffer.from(taken.rest);
    answer(taken.frames);
  });
}
