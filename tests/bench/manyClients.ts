// Many pages at once: one signs in, all share its session, each has a socket of its own.
import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents, ViewName } from "#shared/model/live.ts";
import { requestMark } from "../../dashboard/server/guard.ts";
import type { Login } from "../pipeline/page.ts";

export type Client = Socket<ServerEvents, ClientEvents>;

async function cookieOf({ url, user, password }: Login): Promise<string> {
  const { origin } = new URL(url);
  const headers = { origin, "content-type": "application/json", [requestMark.header]: requestMark.value };
  const answer = await fetch(`${origin}/api/login`, {
    method: "POST",
    headers,
    body: JSON.stringify({ user, password }),
  });
  if (!answer.ok) throw new Error(`Login refused: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
}

const connected = (socket: Client): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });

export interface Clients extends AsyncDisposable {
  readonly sockets: readonly Client[];
  /** Characters received so far, all clients together; frames are ASCII but for texts. */
  received(): number;
}

/** Connects so many, some at a time, as browsers do that come back with jitter. */
export async function connectMany(login: Login, count: number): Promise<Clients> {
  const cookie = await cookieOf(login);
  const { origin } = new URL(login.url);
  const sockets: Client[] = [];
  let characters = 0;
  while (sockets.length < count) {
    const group = Array.from({ length: Math.min(50, count - sockets.length) }, (): Client => {
      const options = {
        transports: ["websocket"],
        extraHeaders: { cookie, origin },
        forceNew: true,
        reconnection: false,
      };
      return io(origin, options);
    });
    await Promise.all(group.map(connected));
    for (const socket of group) {
      socket.io.engine.on("packet", ({ data }) => {
        if (typeof data === "string") characters += data.length;
      });
    }
    sockets.push(...group);
  }
  return {
    sockets,
    received: () => characters,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.disconnect();
    },
  };
}

/** Acknowledges every frame, as a page does, and shows it to `look`; throws where the server refuses the view. */
export async function watch(socket: Client, view: ViewName, look: (values: readonly unknown[]) => void): Promise<void> {
  socket.on("frame", (frame, received) => {
    received();
    look(frame.v);
  });
  const answer = await socket.emitWithAck("subscribe", view);
  if ("error" in answer) throw new Error(`The view was refused: ${answer.detail}`);
}

/** What arrives at many, one thing after the other: `expect` begins to wait for the next one at `count` places. */
export function createArrivals() {
  const took: number[] = [];
  let [began, missing] = [0, 0];
  let all = (): void => {};
  return {
    took,
    expect: (count: number): Promise<void> => {
      [began, missing] = [performance.now(), count];
      return new Promise((resolve) => {
        all = resolve;
      });
    },
    arrived: (): void => {
      took.push(performance.now() - began);
      if (--missing === 0) all();
    },
  };
}
