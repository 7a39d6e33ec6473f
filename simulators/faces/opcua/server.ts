import { join } from "node:path";
import {
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { namespaceUri, type Signal } from "../../signal.ts";
import type { Face } from "../face.ts";
import { addNodes, setNode } from "./nodes.ts";
import { type Subscribers, watchSubscribers } from "./subscribers.ts";

export interface OpcuaFace extends Face {
  readonly endpoint: string;
  readonly subscribers: Subscribers;
}

export interface OpcuaOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Own folder for the certificates that the stack wants even where nothing is encrypted. */
  readonly pkiFolder: string;
}

/**
 * Serves the OPC UA signals among `signals`: anonymous, security None, for 127.0.0.1. Values carry source time and
 * StatusCode; every change is reported to a client that asks for sampling interval 0.
 */
export async function serveOpcua(
  { host, port, pkiFolder }: OpcuaOptions,
  signals: readonly Signal[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<OpcuaFace> {
  routeLogs(log);
  const certificates = new OPCUACertificateManager({
    rootFolder: join(pkiFolder, "pki"),
    automaticallyAcceptUnknownCertificate: false,
  });
  const server = new OPCUAServer({
    port,
    host,
    hostname: host,
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    allowAnonymous: true,
    disableDiscovery: true,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    skipOwnNamespace: false,
    serverInfo: { applicationUri: namespaceUri, applicationName: { text: "Pilotline simulators", locale: "en" } },
    buildInfo: { productName: "Pilotline simulators", manufacturerName: "Pilotline" },
    serverCapabilities: {
      // 0: an item with sampling interval 0 gets every change instead of one per 50 ms.
      minSupportedSampleRate: 0,
      maxSessions: 50,
      maxSubscriptionsPerSession: 50,
    },
  });
  try {
    await server.initialize();
    const served = addNodes(server, signals);
    const own = served[0]?.variable.nodeId.namespace ?? -1;
    const subscribers = watchSubscribers(server, own, clock);
    await server.start();
    return {
      endpoint: `opc.tcp://${host}:${server.endpoints[0]?.port ?? port}`,
      subscribers,
      show: (readings, at) => {
        const time = new Date(at);
        for (const node of served) {
          const reading = readings[node.index];
          if (reading) setNode(node, reading, time);
        }
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

/** node-opcua writes to the console unless told otherwise; its loggers are one per process. */
function routeLogs(log: Log): void {
  const say = (...parts: readonly unknown[]) => log.debug({}, parts.map(String).join(" ").trim());
  setDebugLogger(say);
  setWarningLogger(say);
  setErrorLogger(say);
}
