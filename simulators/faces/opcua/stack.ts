import { join } from "node:path";
import {
  type ExtensionObject,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type ServerSession,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { DurationMs } from "#shared/model/time.ts";
import { namespaceUri, type Signal } from "../../signal.ts";
import { addNodes, type Layout, type ServedNode, strangerUri } from "./nodes.ts";
import { type Subscribers, watchSubscribers } from "./subscribers.ts";

export interface OpcuaOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Own folder for the certificates that the stack wants even where nothing is encrypted. */
  readonly pkiFolder: string;
  /** Offers the signed and encrypted channels too, to every client: a simulated line has nothing to hide. */
  readonly isSecure?: boolean;
}

const modes = [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt];
const policies = [
  SecurityPolicy.None,
  SecurityPolicy.Basic256Sha256,
  SecurityPolicy.Aes128_Sha256_RsaOaep,
  SecurityPolicy.Aes256_Sha256_RsaPss,
];

export interface OpcuaEnv {
  readonly clock: Clock;
  readonly log: Log;
}

/** One server of the stack, from its start to its end. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly nodes: readonly ServedNode[];
  readonly subscribers: Subscribers;
  readonly sessions: ReadonlySet<ServerSession>;
  /** Ends a session as the server does that has run out of something. */
  terminate(session: ServerSession): void;
}

/** `timeOff` is how far the server's clock is ahead. */
export async function startServer(
  { host, port, pkiFolder, isSecure = false }: OpcuaOptions,
  signals: readonly Signal[],
  layout: Layout,
  { clock, log }: OpcuaEnv,
  timeOff?: () => DurationMs,
): Promise<RunningServer> {
  routeLogs(log);
  const certificates = new OPCUACertificateManager({
    rootFolder: join(pkiFolder, "pki"),
    automaticallyAcceptUnknownCertificate: isSecure,
  });
  const server = new OPCUAServer({
    port,
    host,
    hostname: host,
    securityModes: isSecure ? modes : [MessageSecurityMode.None],
    securityPolicies: isSecure ? policies : [SecurityPolicy.None],
    allowAnonymous: true,
    disableDiscovery: true,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    skipOwnNamespace: false,
    serverInfo: {
      applicationUri: layout.isShifted ? strangerUri : namespaceUri,
      applicationName: { text: "Pilotline simulators", locale: "en" },
    },
    buildInfo: { productName: "Pilotline simulators", manufacturerName: "Pilotline" },
    serverCapabilities: {
      // 0: an item with sampling interval 0 gets every change instead of one per 50 ms.
      minSupportedSampleRate: 0,
      maxSessions: 50,
      maxSubscriptionsPerSession: 50,
    },
  });
  const sessions = new Set<ServerSession>();
  server.on("create_session", (session: ServerSession) => sessions.add(session));
  server.on("session_closed", (session: ServerSession) => sessions.delete(session));
  try {
    await server.initialize();
    const nodes = addNodes(server, signals, layout);
    if (timeOff) bendClock(server, clock, timeOff);
    const own = nodes[0]?.variable.nodeId.namespace ?? -1;
    const subscribers = watchSubscribers(server, own, clock);
    await server.start();
    return {
      port: server.endpoints[0]?.port ?? port,
      nodes,
      subscribers,
      sessions,
      terminate: (session) => {
        sessions.delete(session);
        server.engine.closeSession(session.authenticationToken, true, "Terminated");
      },
      [Symbol.asyncDispose]: () => server.shutdown(0),
    };
  } catch (error) {
    await server.shutdown(0);
    throw new CodedError("UNKNOWN", `The OPC UA server cannot serve on ${host}:${port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The server's CurrentTime goes wrong, where the stack would say the machine's. */
function bendClock(server: OPCUAServer, clock: Clock, timeOff: () => DurationMs): void {
  const status = server.engine.addressSpace?.rootFolder.objects.server.serverStatus as
    | { $extensionObject: ExtensionObject }
    | undefined;
  if (!status) throw new CodedError("UNKNOWN", "The OPC UA server has no ServerStatus after its start.");
  status.$extensionObject = new Proxy(status.$extensionObject, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return key === "currentTime" ? new Date(clock.now() + timeOff()) : value;
    },
  });
}

/** node-opcua writes to the console unless told otherwise; its loggers are one per process. */
function routeLogs(log: Log): void {
  const say = (...parts: readonly unknown[]) => log.debug({}, parts.map(String).join(" ").trim());
  setDebugLogger(say);
  setWarningLogger(say);
  setErrorLogger(say);
}
