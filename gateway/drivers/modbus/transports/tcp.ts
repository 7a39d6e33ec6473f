import { once } from "node:events";
import { Socket } from "node:net";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { within } from "../../../deadline.ts";
import type { OpenLine } from "./byteLine.ts";

/** A cable that is pulled shows by this. */
const keepAliveAfter = seconds(10);

export const openTcp =
  (host: string, port: number, clock: Clock): OpenLine =>
  async (events, timeout) => {
    const where = `${host}:${port}`;
    const socket = new Socket();
    let cause = "the device closed the connection";
    socket.on("error", (error) => {
      cause = messageOf(error);
      socket.destroy();
    });
    try {
      const late = () => new CodedError("TIMEOUT", `${where}: no connection in ${timeout} ms.`);
      socket.connect({ host, port });
      await within(once(socket, "connect"), timeout, clock, late);
    } catch (error) {
      socket.destroy();
      if (error instanceof CodedError) throw error;
      throw new CodedError("NOT_CONNECTED", `${where}: ${messageOf(error)}.`, { cause: error });
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveAfter);
    let isOpen = true;
    const end = () => {
      socket.destroy();
      if (isOpen) events.gone(cause);
      isOpen = false;
    };
    socket.on("data", (chunk: Uint8Array) => {
      if (isOpen) events.bytes(chunk);
    });
    socket.once("end", end);
    socket.once("close", end);
    return {
      send: (bytes) => void socket.write(bytes),
      close: () => {
        isOpen = false;
        socket.destroy();
      },
    };
  };
