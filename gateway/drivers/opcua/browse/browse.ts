import { AttributeIds, type NodeId, resolveNodeId, sameNodeId } from "node-opcua";
import { CodedError } from "#shared/model/errors.ts";
import type { DurationMs } from "#shared/model/time.ts";
import type { DriverEnv } from "../../../driver.ts";
import { routeLogs } from "../logs.ts";
import { nodeOf } from "../nodes.ts";
import { type OpcuaDevice, openSession } from "../session.ts";
import { qualityOf } from "../status.ts";
import { describeVariables, type VariableFacts } from "./facts.ts";
import { askGently } from "./gently.ts";
import { readServer, type ServerFacts } from "./server.ts";
import { type Walked, type WalkedNode, walk } from "./walk.ts";

export interface BrowseRequest {
  /** Node id to begin at: nsu=<uri>;s=<name>, ns=<index>;s=<name>, or i=<number> of the standard. */
  readonly root: string;
  /** Levels below the root. */
  readonly depth: number;
  /** Most nodes that are taken. */
  readonly most: number;
  readonly withProperties: boolean;
}

/** A session that only looks at what a server has. */
export interface Browser extends AsyncDisposable {
  readonly server: ServerFacts;
  /** Calls so far. */
  readonly calls: number;
  /** Rejects with `NOT_FOUND` where there is no such root. */
  walk(request: BrowseRequest): Promise<Walked>;
  describe(variables: readonly WalkedNode[]): Promise<readonly VariableFacts[]>;
}

/** Connects as the gateway does, with its certificates; `perCall` is lowered to what the server takes. */
export async function openBrowser(
  device: OpcuaDevice,
  env: DriverEnv,
  { perCall, pause }: { readonly perCall: number; readonly pause: DurationMs },
  signal: AbortSignal,
): Promise<Browser> {
  routeLogs(env.log.child({ library: "node-opcua" }));
  const { endpoint } = device.connection;
  const open = await openSession(device, env, signal);
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (!(error instanceof CodedError) || error.detail.startsWith(endpoint)) throw error;
      throw new CodedError(error.code, `${endpoint}: ${error.detail}`, { cause: error });
    });
  try {
    const { session, namespaces, limits } = open;
    const most = Math.min(perCall, limits.browses, limits.reads);
    const ask = askGently({ perCall: most, pause, clock: env.clock, signal });
    const server = await named(readServer(session, ask));
    return {
      server,
      get calls() {
        return ask.calls;
      },
      walk: async ({ root, ...request }) => {
        const node = rootOf(root, namespaces);
        const [name] = node ? await session.read([{ nodeId: node, attributeId: AttributeIds.BrowseName }]) : [];
        if (!node || !name || qualityOf(name.statusCode.value) === "bad") {
          const why = name ? name.statusCode.name : `namespaces are ${namespaces.join(", ")}`;
          throw new CodedError("NOT_FOUND", `${endpoint} has no node \`${root}\` (${why}).`);
        }
        return named(walk(session, ask, { root: node, ...request, idOf: (id) => portableId(id, namespaces) }));
      },
      describe: (variables) => named(describeVariables(session, ask, variables, env.clock.now())),
      [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
    };
  } catch (error) {
    await open[Symbol.asyncDispose]();
    throw error;
  }
}

function rootOf(root: string, namespaces: readonly string[]): NodeId | undefined {
  if (!/^((ns=\d+|nsu=[^;]+);)?[isgb]=.+$/.test(root)) return undefined;
  try {
    return resolveNodeId(root, { namespaceArray: [...namespaces] });
  } catch {
    // A namespace that the server does not have.
    return undefined;
  }
}

/** The node id with its namespace by URI; undefined where reading it again would give another node. */
export function portableId(node: NodeId, namespaces: readonly string[]): string | undefined {
  const identifier = node.toString().replace(/^ns=\d+;/, "");
  const uri = namespaces[node.namespace];
  if (uri === undefined) return undefined;
  const id = node.namespace === 0 ? identifier : `nsu=${uri};${identifier}`;
  const again = nodeOf({ node: id }, namespaces);
  return again && sameNodeId(again, node) ? id : undefined;
}
