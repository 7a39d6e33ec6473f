import type { Signal } from "../../signal.ts";
import type { Face } from "../face.ts";
import { setNode, usualLayout } from "./nodes.ts";
import { type OpcuaEnv, type OpcuaOptions, startServer } from "./stack.ts";
import type { Subscribers } from "./subscribers.ts";

export interface OpcuaFace extends Face {
  readonly endpoint: string;
  readonly subscribers: Subscribers;
}

/**
 * Serves the OPC UA signals among `signals`: anonymous, security None unless asked for more, for 127.0.0.1. Values
 * carry source time and StatusCode; every change is reported to a client that asks for sampling interval 0.
 */
export async function serveOpcua(options: OpcuaOptions, signals: readonly Signal[], env: OpcuaEnv): Promise<OpcuaFace> {
  const server = await startServer(options, signals, usualLayout, env);
  return {
    endpoint: endpointOf(options.host, server.port),
    subscribers: server.subscribers,
    show: (readings, at) => {
      const time = new Date(at);
      for (const node of server.nodes) {
        const reading = readings[node.index];
        if (reading) setNode(node, reading, time);
      }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const endpointOf = (host: string, port: number): string => `opc.tcp://${host}:${port}`;
