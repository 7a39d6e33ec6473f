// A node-opcua server whose values a test sets, and a proxy that breaks the connection to it.
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import {
  DataType,
  type MessageSecurityMode,
  type Namespace,
  OPCUACertificateManager,
  OPCUAServer,
  type SecurityPolicy,
  StatusCodes,
  type UAVariable,
  VariantArrayType,
  type VariantOptions,
} from "node-opcua";
import { type CertificateFiles, serverUri } from "./opcuaCertificates.ts";

export const uri = "urn:pilotline:test";

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** For what only a server itself can do wrong. */
  readonly server: OPCUAServer;
  /** Sets a value with its source time; the node must be there. */
  set(name: string, variant: VariantOptions, at?: Date, status?: (typeof StatusCodes)["Good"]): void;
  add(name: string, dataType: DataType, value: unknown): void;
  /** Takes a client or a user into the trust list of a strict server. */
  trust(certificate: Buffer): Promise<void>;
}

export interface TestServerOptions {
  readonly nodes: Readonly<Record<string, VariantOptions>>;
  readonly port?: number;
  /** Namespaces registered before ours, so that its index differs. */
  readonly before?: readonly string[];
  readonly maxMonitoredItemsPerCall?: number;
  readonly security?: TestServerSecurity;
}

/** Without it a server offers every policy, takes anybody, and makes a certificate for itself. */
export interface TestServerSecurity {
  readonly files?: CertificateFiles;
  readonly applicationUri?: string;
  readonly policies?: readonly SecurityPolicy[];
  readonly modes?: readonly MessageSecurityMode[];
  readonly isAnonymousAllowed?: boolean;
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Called for each log-in with a password. */
  readonly onLogin?: (user: string) => void;
  /** Takes clients, and users with a certificate, only from its trust list. */
  readonly isStrict?: boolean;
}

export async function startOpcuaServer(folder: string, options: TestServerOptions): Promise<TestServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(folder, "server-pki"),
    automaticallyAcceptUnknownCertificate: !options.security?.isStrict,
  });
  const { security = {} } = options;
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    allowAnonymous: security.isAnonymousAllowed ?? true,
    // Whether endpoints may be asked for without security where no endpoint is without.
    disableDiscovery: !security.policies,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    ...security.files,
    ...(security.files && { serverInfo: { applicationUri: security.applicationUri ?? serverUri } }),
    ...(security.policies && { securityPolicies: [...security.policies] }),
    ...(security.modes && { securityModes: [...security.modes] }),
    ...(security.users && {
      userManager: {
        isValidUser: (user: string, password: string) => {
          security.onLogin?.(user);
          return security.users?.[user] === password;
        },
      },
    }),
    serverCapabilities: {
      minSupportedSampleRate: 0,
      operationLimits: { maxMonitoredItemsPerCall: options.maxMonitoredItemsPerCall ?? 0 },
    },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error("no address space");
  for (const other of options.before ?? []) addressSpace.registerNamespace(other);
  const namespace: Namespace = addressSpace.registerNamespace(uri);
  const variables = new Map<string, UAVariable>();
  const add = (name: string, dataType: DataType, value: unknown) => {
    const variable = namespace.addVariable({
      browseName: name,
      nodeId: `s=${name}`,
      organizedBy: addressSpace.rootFolder.objects,
      dataType,
      minimumSamplingInterval: 0,
      value: scalar({ dataType, value }),
    } as Parameters<Namespace["addVariable"]>[0]);
    variables.set(name, variable);
  };
  for (const [name, { dataType, value }] of Object.entries(options.nodes)) add(name, dataType as DataType, value);
  await server.start();
  const port = Number(new URL(server.getEndpointUrl().replace("opc.tcp:", "http:")).port);
  return {
    port,
    server,
    add,
    trust: (certificate) => certificates.trustCertificate(certificate),
    set: (name, variant, at = new Date(), status = StatusCodes.Good) =>
      void variables.get(name)?.setValueFromSource(scalar(variant), status, at),
    [Symbol.asyncDispose]: () => server.shutdown(0),
  };
}

/** A 64-bit integer is a pair of words, which looks like an array. */
const scalar = (variant: VariantOptions): VariantOptions => ({ arrayType: VariantArrayType.Scalar, ...variant });

export const double = (value: number): VariantOptions => ({ dataType: DataType.Double, value });

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Swallows what the server says; the connections stay open. */
  mute(muted: boolean): void;
  /** Ends all connections with a reset. */
  cut(): void;
}

export async function startProxy(target: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isMute = false;
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => isMute || client.write(data));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  };
  return {
    port: typeof address === "object" && address ? address.port : 0,
    mute: (muted) => {
      isMute = muted;
    },
    cut,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
