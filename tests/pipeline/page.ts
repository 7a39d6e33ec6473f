// What a page does before it shows anything: sign in over HTTP, then open the socket with its cookie.
import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "#shared/model/live.ts";
import { requestMark } from "../../dashboard/server/guard.ts";

export interface Login {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Page extends AsyncDisposable {
  readonly socket: Socket<ServerEvents, ClientEvents>;
  /** The JSON answer of a GET. */
  get(path: string): Promise<unknown>;
  /** Status and JSON answer of a POST. */
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
}

export async function connectPage({ url, user, password }: Login): Promise<Page> {
  const origin = new URL(url).origin;
  const headers = { origin, "content-type": "application/json", [requestMark.header]: requestMark.value };
  const answer = await fetch(`${origin}/api/login`, {
    method: "POST",
    headers,
    body: JSON.stringify({ user, password }),
  });
  if (!answer.ok) throw new Error(`Login refused: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  const socket: Socket<ServerEvents, ClientEvents> = io(origin, {
    transports: ["websocket"],
    extraHeaders: { cookie, origin },
    reconnectionDelay: 100,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return {
    socket,
    get: async (path) => {
      const got = await fetch(`${origin}${path}`, { headers: { cookie } });
      if (!got.ok) throw new Error(`${path}: ${got.status} ${await got.text()}`);
      return got.json();
    },
    post: async (path, body) => {
      const got = await fetch(`${origin}${path}`, {
        method: "POST",
        headers: { ...headers, cookie },
        body: JSON.stringify(body),
      });
      const text = await got.text();
      return { status: got.status, body: text === "" ? null : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: async () => {
      socket.disconnect();
    },
  };
}
