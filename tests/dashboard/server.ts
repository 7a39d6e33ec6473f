import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { ClientEvents, ServerEvents } from "#shared/model/live.ts";
import { plantView } from "#shared/plant/plantView.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { openFactReader } from "#shared/store/facts/factReader.ts";
import type { SampleWriter } from "#shared/store/port.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { type Accounts, openAccounts } from "../../dashboard/server/accounts/accounts.ts";
import { buildApp } from "../../dashboard/server/app.ts";
import type { Dependencies } from "../../dashboard/server/context.ts";
import type { App } from "../../dashboard/server/http.ts";
import { createLiveState } from "../../dashboard/server/live/state.ts";
import type { Role } from "../../dashboard/server/roles.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { testPlant, testView } from "./plant.ts";

/** Where browsers would reach the server under test. */
export const origin = "https://pilot.example";
export const marked = { origin, "x-pilotline": "1" } as const;
/** Cheap to compute: the tests are not about guessing. */
export const cheap = { log2N: 4, r: 8, p: 1 } as const;

export type Page = Socket<ServerEvents, ClientEvents>;

export interface TestServer extends AsyncDisposable {
  readonly app: App;
  readonly folder: string;
  readonly accounts: Accounts;
  readonly state: Dependencies["state"];
  readonly samples: SampleWriter;
  readonly records: RecordsWriter;
  readonly metrics: Dependencies["metrics"];
  /** A user with this role; the header of a signed-in session of his. */
  cookieOf(role: Role): Promise<string>;
  listen(): Promise<string>;
  page(cookie: string, options?: Partial<ManagerOptions & SocketOptions>): Page;
}

/** The real server over a real embedded store and real records, each in a folder of its own. */
export async function startServer(
  parts: Partial<
    Pick<Dependencies, "commands" | "metricsToken" | "plant" | "portalToken" | "pages" | "publicOrigin">
  > & {
    readonly clock?: Clock;
  } = {},
): Promise<TestServer> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const clock = parts.clock ?? systemClock;
  const file = join(folder, "history.db");
  const samples = stack.use(await openEmbeddedWriter({ file, clock: systemClock, log: silentLog }));
  const reader = stack.use(await openEmbeddedReader({ file, clock: systemClock, log: silentLog }));
  const records = stack.use(await openRecordsWriter(join(folder, "records.db")));
  const recordsReader = stack.use(await openRecordsReader(join(folder, "records.db")));
  const facts = stack.use(openFactReader(join(folder, "facts.db")));
  const accounts = stack.use(openAccounts(join(folder, "accounts.db"), clock, cheap));
  const state = createLiveState(parts.plant ? plantView(parts.plant) : testView(), recordsReader, clock);
  const metrics = createMetrics();
  const app = await buildApp({
    plant: testPlant(),
    plantFile: join(folder, "plant.yaml"),
    accounts,
    samples: reader,
    records: recordsReader,
    facts,
    state,
    commands: { ask: async () => ({ outcome: "done" }) },
    clock,
    log: silentLog,
    metrics,
    tls: null,
    publicOrigin: origin,
    metricsToken: null,
    portalToken: null,
    evidence: join(folder, "evidence"),
    pages: join(folder, "dist"),
    isWatched: false,
    firstUserFile: join(folder, "secrets/first-user.json"),
    ...parts,
  });
  stack.defer(async () => {
    await app.close();
  });
  const pages: Page[] = [];
  stack.defer(() => {
    for (const page of pages) page.disconnect();
  });

  const signIn = async (user: string, password: string): Promise<string> => {
    const reply = await app.inject({ method: "POST", url: "/api/login", headers: marked, payload: { user, password } });
    return String(reply.headers["set-cookie"]).split(";")[0] ?? "";
  };
  const address = () => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    app,
    folder,
    accounts,
    state,
    samples,
    records,
    metrics,
    cookieOf: async (role) => {
      const name = `${role}-${accounts.users().length}`;
      return signIn(name, await accounts.createUser(name, role));
    },
    listen: async () => {
      await app.listen({ host: "127.0.0.1", port: 0 });
      return address();
    },
    page: (cookie, options) => {
      const page: Page = io(address(), {
        transports: ["websocket"],
        forceNew: true,
        reconnection: false,
        extraHeaders: { cookie, origin },
        ...options,
      });
      pages.push(page);
      return page;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
