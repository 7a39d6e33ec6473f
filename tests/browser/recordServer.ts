// The real dashboard server over real records, with ingest's own handlers of commands behind it.

import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Command } from "#shared/wire/command/registry.ts";
import type { Answer } from "../../ingest/commands.ts";
import { declaredHandlers } from "../../ingest/declared/handlers.ts";
import { runHandlers } from "../../ingest/runs/handlers.ts";
import { bookingHandlers } from "../../ingest/tenancy/bookingHandlers.ts";
import { registerHandlers } from "../../ingest/tenancy/registerHandlers.ts";
import { testPlant } from "../dashboard/plant.ts";
import { startServer, type TestServer } from "../dashboard/server.ts";

export interface RecordServer extends AsyncDisposable {
  readonly url: string;
  readonly server: TestServer;
}

export async function startRecordServer(clock: Clock = systemClock): Promise<RecordServer> {
  const behind: { handlers: Readonly<Record<string, unknown>> } = { handlers: {} };
  const server = await startServer({
    publicOrigin: null,
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
  const parts = { plant: testPlant(), records: server.records, clock };
  behind.handlers = {
    ...runHandlers(parts),
    ...bookingHandlers(parts),
    ...registerHandlers(parts),
    ...declaredHandlers(parts),
  };
  server.state.setConnected(true);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  return { url, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
