import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { CodedError } from "#shared/model/errors.ts";
import type { ModbusPoint, Signal } from "../../signal.ts";
import type { Face } from "../face.ts";
import { frameBytes, takeFrames } from "./frames.ts";
import { createUnitImage, type UnitImage } from "./image.ts";
import { respond } from "./respond.ts";

export interface ModbusFace extends Face {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the Modbus points among `signals` over Modbus TCP, every unit behind one port. Port 0 takes a free one.
 *
 * An own server of node:net: modbus-serial's ServerTCP delays each answer by a timer and so stays below some 700
 * requests a second on a connection, which would measure the simulator instead of the gateway.
 */
export async function serveModbus(
  options: { readonly host: string; readonly port: number },
  signals: readonly Signal[],
): Promise<ModbusFace> {
  const served = signals.flatMap(({ access }, index) => (access.face === "modbus" ? [{ point: access, index }] : []));
  const images = imagesOf(served.map(({ point }) => point));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.once("error", () => socket.destroy());
    answer(socket, images);
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new CodedError("UNKNOWN", `The Modbus server got no TCP port on ${options.host}.`);
  }

  return {
    host: options.host,
    port: address.port,
    show: (readings) => {
      for (const { point, index } of served) {
        const reading = readings[index];
        if (reading) images.get(point.unit)?.set(point, reading);
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

function answer(socket: Socket, images: ReadonlyMap<number, UnitImage>): void {
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    const taken = takeFrames(Buffer.concat([waiting, bytes]));
    if (!taken) {
      socket.destroy();
      return;
    }
    waiting = Buffer.from(taken.rest);
    const answers = taken.frames.map(({ transaction, unit, pdu }) =>
      frameBytes({ transaction, unit, pdu: respond(pdu, images.get(unit)) }),
    );
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
}
