// The real dashboard server over real records, with ingest's own handlers of commands behind it.

import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Command } from "#shared/wire/command/registry.ts";
import type { Role } from "../../dashboard/server/roles.ts";
import type { Answer } from "../../ingest/commands.ts";
import { declaredHandlers } from "../../ingest/declared/handlers.ts";
import { correctionHandlers } from "../../ingest/indicators/corrections.ts";
import { runHandlers } from "../../ingest/runs/handlers.ts";
import { bookingHandlers } from "../../ingest/tenancy/bookingHandlers.ts";
import { registerHandlers } from "../../ingest/tenancy/registerHandlers.ts";
import { testPlant } from "../dashboard/plant.ts";
import { startServer, type TestServer } from "../dashboard/server.ts";

export interface RecordServer extends AsyncDisposable {
  readonly url: string;
  readonly server: TestServer;
  /** Gives the page a session of a user `<role>` or `<role>-…`, who is made where he is new. */
  signIn(page: Page, user: string): Promise<void>;
}

export async function startRecordServer(clock: Clock = systemClock, plant: Plant = testPlant()): Promise<RecordServer> {
  const behind: { handlers: Readonly<Record<string, unknown>> } = { handlers: {} };
  const server = await startServer({
    publicOrigin: null,
    plant,
    clock,
    pages: fileURLToPath(new URL("../../dashboard/web/dist", import.meta.url)),
    commands: {
      ask: async (request) => {
        const command = { v: 1, at: clock.now(), requester: "dashboard", ...request } as Command;
        const handle = behind.handlers[command.kind] as ((command: Command) => Answer | Promise<Answer>) | undefined;
        if (!handle) throw new CodedError("NOT_CONNECTED", "No such part here.");
        const { outcome, code = "UNKNOWN", detail = "" } = await handle(command);
        return outcome === "done" ? { outcome, detail } : { outcome, code, detail };
      },
    },
  });
  const parts = { plant, records: server.records, clock };
  behind.handlers = {
    ...runHandlers(parts),
    ...bookingHandlers(parts),
    ...registerHandlers(parts),
    ...declaredHandlers(parts),
    ...correctionHandlers(parts.plant, server.records, clock),
  };
  server.state.setConnected(true);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  /** Sessions by user: logins of one address are limited. */
  const sessions = new Map<string, string>();
  const signIn = async (page: Page, user: string): Promise<void> => {
    let session = sessions.get(user);
    if (session === undefined) {
      const password = await server.accounts.createUser(user, user.split("-")[0] as Role);
      const reply = await page.request.post(`${url}/api/login`, {
        headers: { "x-pilotline": "1", origin: url },
        data: { user, password },
      });
      session = String(reply.headers()["set-cookie"]).split(";")[0] ?? "";
      sessions.set(user, session);
    }
    const [name = "", value = ""] = session.split("=");
    await page.context().addCookies([{ name, value, url }]);
  };
  return { url, server, signIn, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
