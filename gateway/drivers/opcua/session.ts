import { hostname } from "node:os";
import type { ClientSession, OPCUAClient } from "node-opcua";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import type { OpcuaConnection } from "#shared/plant/protocols/opcua.ts";
import { within } from "../../deadline.ts";
import type { CertificateNote, DeviceOf, DriverEnv } from "../../driver.ts";
import { type Clients, createClients, unsecured } from "./clients.ts";
import { chosenEndpoint, modeOf, offersOf, policyOf } from "./security/endpoints.ts";
import { identityOf } from "./security/identity.ts";
import { type OwnCertificate, ownCertificate } from "./security/ownCertificate.ts";
import { refusalOf } from "./security/refusal.ts";
import { requireValid, trustedCertificate } from "./security/verdict.ts";
import { certificatesOf, type Secured, warningsOf } from "./security/warnings.ts";
import { readServerLimits, type ServerLimits } from "./serverLimits.ts";

export type OpcuaDevice = DeviceOf<"opcua">;

/** A client with its session; never re-used after it is closed. */
export interface OpenSession {
  [Symbol.asyncDispose](): Promise<void>;
  readonly session: ClientSession;
  readonly namespaces: readonly string[];
  /** Monotonic time since which the connection is away, if it is; the client tries to repair it meanwhile. */
  awaySince(): DurationMs | undefined;
  /** How often the client has repaired the connection. */
  readonly repairs: number;
  readonly limits: ServerLimits;
  /** Of both sides; none where nothing is signed. */
  readonly certificates: readonly CertificateNote[];
  /** What stands of the security at the time of the access. */
  readonly warnings: readonly string[];
}

const connectLimit = seconds(15);

/**
 * Connects with the configured security or not at all, opens a session and reads what it needs to know of the server.
 * Rejects with `UNTRUSTED` where one side's certificate is not trusted, `FORBIDDEN` where the server refuses the user,
 * `NOT_CONNECTED` or `TIMEOUT` else.
 */
export async function openSession(device: OpcuaDevice, env: DriverEnv, signal: AbortSignal): Promise<OpenSession> {
  const { endpoint, user } = device.connection;
  const own = await ownCertificate(env.folder, hostname(), env.clock.now());
  const clients = createClients(own, env);
  const late = () => new CodedError("TIMEOUT", `${endpoint}: no connection in ${connectLimit} ms.`);
  try {
    return await within(open(device, own, clients, env), connectLimit, env.clock, late, signal);
  } catch (error) {
    await clients[Symbol.asyncDispose]();
    if (signal.aborted) throw error;
    throw refusalOf(error, endpoint, own, user);
  }
}

async function open(
  { connection }: OpcuaDevice,
  own: OwnCertificate,
  clients: Clients,
  env: DriverEnv,
): Promise<OpenSession> {
  const identity = await identityOf(connection);
  await clients.store.initialize();
  const connect = connection.security === "none" ? connectOpenly : connectSecurely;
  const { client, secured } = await connect(connection, own, clients, env);
  let away: DurationMs | undefined;
  client.on("connection_lost", () => {
    away ??= env.clock.monotonic();
  });
  let repairs = 0;
  client.on("connection_reestablished", () => {
    away = undefined;
  });
  const session = await client.createSession(identity);
  session.on("session_restored", () => {
    repairs += 1;
  });
  const namespaces = await session.readNamespaceArray();
  const limits = await readServerLimits(session);
  return {
    session,
    namespaces,
    awaySince: () => away,
    get repairs() {
      return repairs;
    },
    limits,
    certificates: certificatesOf(secured),
    get warnings() {
      return warningsOf(secured, env.clock.now());
    },
    [Symbol.asyncDispose]: async () => clients[Symbol.asyncDispose](),
  };
}

interface Connected {
  readonly client: OPCUAClient;
  readonly secured: Secured;
}
type Connect = (
  connection: OpcuaConnection,
  own: OwnCertificate,
  clients: Clients,
  env: DriverEnv,
) => Promise<Connected>;

const connectOpenly: Connect = async (connection, _own, clients) => {
  const { endpoint } = connection;
  const client = clients.create(unsecured);
  await client.connect(endpoint);
  const offered = await client.getEndpoints();
  chosenEndpoint(connection, offered);
  return { client, secured: { endpoint, offers: offersOf(offered) } };
};

/** Asks for the endpoints first, judges the certificate of the wanted one, then opens a channel to its owner alone. */
const connectSecurely: Connect = async (connection, own, clients, env) => {
  const { endpoint } = connection;
  const scout = clients.create(unsecured);
  await scout.connect(endpoint);
  const chosen = chosenEndpoint(connection, await scout.getEndpoints());
  await clients.end(scout);
  const subject = { endpoint, gatewayFolder: env.folder, now: env.clock.now() };
  const server = await trustedCertificate(subject, chosen, clients.store);
  requireValid(own, subject);
  const client = clients.create({
    securityMode: modeOf(connection),
    securityPolicy: policyOf(connection),
    serverCertificate: chosen.serverCertificate,
  });
  await client.connect(endpoint);
  return { client, secured: { endpoint, own, server } };
};
