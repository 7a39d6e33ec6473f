import { MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy } from "node-opcua";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import type { DriverEnv } from "../../driver.ts";
import { applicationName, type OwnCertificate } from "./security/ownCertificate.ts";
import { storeOf } from "./security/trustList.ts";

const closeLimit = seconds(3);
const transactionLimit = seconds(10);
const sessionTimeout = seconds(120);
const aliveCheck = seconds(3);

/** The clients of one attempt to connect, with the certificate store that they share. Disposal ends them all. */
export interface Clients extends AsyncDisposable {
  /** Reads the trust list when it is initialised; what somebody moves later escapes it. */
  readonly store: OPCUACertificateManager;
  /** Throws `NOT_CONNECTED` once disposed: an attempt that nobody waits for any more opens nothing. */
  create(security: ChannelSecurity): OPCUAClient;
  end(client: OPCUAClient): Promise<void>;
}

export interface ChannelSecurity {
  readonly securityMode: MessageSecurityMode;
  readonly securityPolicy: SecurityPolicy;
  /** Of the server, already judged: the client presents the channel to nobody else. */
  readonly serverCertificate?: Buffer;
}

export const unsecured = { securityMode: MessageSecurityMode.None, securityPolicy: SecurityPolicy.None } as const;

export function createClients(own: OwnCertificate, env: DriverEnv): Clients {
  const store = new OPCUACertificateManager({
    rootFolder: storeOf(env.folder),
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  const open = new Set<OPCUAClient>();
  let isDisposed = false;
  const end = async (client: OPCUAClient) => {
    if (open.delete(client)) await disconnect(client, env);
  };
  return {
    store,
    create: (security) => {
      if (isDisposed) throw new CodedError("NOT_CONNECTED", "The attempt to connect is over.");
      const client = OPCUAClient.create({
        applicationName,
        applicationUri: own.applicationUri,
        clientName: "pilotline",
        certificateFile: own.certificateFile,
        privateKeyFile: own.privateKeyFile,
        clientCertificateManager: store,
        // A device behind a router or with several addresses calls itself otherwise than it was dialled.
        endpointMustExist: false,
        requestedSessionTimeout: sessionTimeout,
        keepSessionAlive: true,
        keepAliveInterval: aliveCheck,
        defaultTransactionTimeout: transactionLimit,
        transportTimeout: transactionLimit,
        // The first connection fails soon and says why. A session that stood is repaired as often as it takes, while
        // the watchdog waits; whatever lasts longer is rebuilt from nothing.
        connectionStrategy: { initialDelay: 500, maxDelay: 2_000, maxRetry: 1, randomisationFactor: 0.2 },
        ...security,
      });
      open.add(client);
      return client;
    },
    end,
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      await Promise.all([...open].map(end));
      // The clients only count themselves out of the store.
      await store.dispose();
    },
  };
}

/** Ends the client with its session and subscriptions; a server that does not answer is left behind. */
async function disconnect(client: OPCUAClient, env: DriverEnv): Promise<void> {
  const late = () => new CodedError("TIMEOUT", "The server does not answer the disconnect.");
  try {
    await within(client.disconnect(), closeLimit, env.clock, late);
  } catch (error) {
    env.log.debug({ error: messageOf(error) }, "OPC UA disconnect without answer");
  }
}
