import { join } from "node:path";
import {
  type ClientSession,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  readOperationLimits,
  SecurityPolicy,
} from "node-opcua";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import type { DeviceOf, DriverEnv } from "../../driver.ts";

export type OpcuaDevice = DeviceOf<"opcua">;

/** A client with its session; never re-used after it is closed. */
export interface OpenSession {
  [Symbol.asyncDispose](): Promise<void>;
  readonly session: ClientSession;
  readonly namespaces: readonly string[];
  /** Monotonic time since which the connection is away, if it is; the client tries to repair it meanwhile. */
  awaySince(): DurationMs | undefined;
  /** Most monitored items and reads per call; 0 where the server names no limit. */
  readonly limits: { readonly itemsPerCall: number; readonly nodesPerRead: number };
}

const connectLimit = seconds(15);
const closeLimit = seconds(3);
const transactionLimit = seconds(10);
const sessionTimeout = seconds(120);
const aliveCheck = seconds(3);

/** Connects, opens a session and reads what it needs to know of the server. */
export async function openSession(device: OpcuaDevice, env: DriverEnv, signal: AbortSignal): Promise<OpenSession> {
  const { endpoint } = device.connection;
  const client = await createClient(env);
  let away: DurationMs | undefined;
  client.on("connection_lost", () => {
    away ??= env.clock.monotonic();
  });
  client.on("connection_reestablished", () => {
    away = undefined;
  });
  const late = () => new CodedError("TIMEOUT", `${endpoint}: no connection in ${connectLimit} ms.`);
  const open = async (): Promise<OpenSession> => {
    await client.connect(endpoint);
    const session = await client.createSession();
    const namespaces = await session.readNamespaceArray();
    const limits = await readOperationLimits(session);
    return {
      session,
      namespaces,
      awaySince: () => away,
      limits: { itemsPerCall: limits.maxMonitoredItemsPerCall ?? 0, nodesPerRead: limits.maxNodesPerRead ?? 0 },
      [Symbol.asyncDispose]: () => close(client, env),
    };
  };
  try {
    return await within(open(), connectLimit, env.clock, late, signal);
  } catch (error) {
    await close(client, env);
    if (error instanceof CodedError || signal.aborted) throw error;
    throw new CodedError("NOT_CONNECTED", `${endpoint}: ${messageOf(error)}.`, { cause: error });
  }
}

async function createClient(env: DriverEnv): Promise<OPCUAClient> {
  const clientCertificateManager = new OPCUACertificateManager({
    rootFolder: join(env.folder, "opcua"),
    automaticallyAcceptUnknownCertificate: false,
  });
  await clientCertificateManager.initialize();
  return OPCUAClient.create({
    applicationName: "Pilotline gateway",
    clientName: "pilotline",
    clientCertificateManager,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    endpointMustExist: false,
    requestedSessionTimeout: sessionTimeout,
    keepSessionAlive: true,
    keepAliveInterval: aliveCheck,
    defaultTransactionTimeout: transactionLimit,
    transportTimeout: transactionLimit,
    // It repairs short breaks while the watchdog waits; whatever lasts longer is rebuilt from nothing.
    connectionStrategy: { initialDelay: 500, maxDelay: 2_000, maxRetry: -1, randomisationFactor: 0.2 },
  });
}

/** Ends the client with its session and subscriptions; a server that does not answer is left behind. */
async function close(client: OPCUAClient, env: DriverEnv): Promise<void> {
  const late = () => new CodedError("TIMEOUT", "The server does not answer the disconnect.");
  try {
    await within(client.disconnect(), closeLimit, env.clock, late);
  } catch (error) {
    env.log.debug({ error: messageOf(error) }, "OPC UA disconnect without answer");
  }
}
