import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { FramingName } from "./faces/modbus/framings.ts";
import { type ModbusFace, serveModbus } from "./faces/modbus/server.ts";
import type { OpcuaFace } from "./faces/opcua/server.ts";
import type { OpcuaOptions } from "./faces/opcua/stack.ts";
import type { Player } from "./faults/player.ts";
import type { Signal } from "./signal.ts";

export interface Faces extends AsyncDisposable {
  readonly opcua: OpcuaFace;
  readonly modbus: ModbusFace;
  /** Where they are reached, as the supervisor is told. */
  readonly addresses: { readonly opcua: string; readonly modbus: string };
}

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly opcuaPort: number;
  readonly modbusPort: number;
  /** Without one the certificates go to a temporary folder, gone at the end. */
  readonly pkiFolder: string | undefined;
  readonly modbusFraming?: FramingName;
  /** OPC UA with signed and encrypted channels too. */
  readonly isSecure?: boolean;
}

export interface ServeEnv {
  readonly clock: Clock;
  readonly log: Log;
  /** What goes wrong; nothing where absent. */
  readonly player?: Player | undefined;
}

/** Opens both faces. Each serves those of its signals that speak its protocol; both lists count the same readings. */
export async function serve(
  { host, opcuaPort, modbusPort, pkiFolder, modbusFraming = "tcp", isSecure = false }: ServeOptions,
  signals: { readonly opcua: readonly Signal[]; readonly modbus: readonly Signal[] },
  env: ServeEnv,
): Promise<Faces> {
  await using stack = new AsyncDisposableStack();
  const folder = pkiFolder ?? (await temporaryFolder(stack));
  const { clock, player } = env;
  const modbus = stack.use(
    await serveModbus({ host, port: modbusPort, framing: modbusFraming }, signals.modbus, player && { player, clock }),
  );
  // node-opcua takes a second or two to load: only who serves it pays for it.
  const opcua = stack.use(await openOpcua({ host, port: opcuaPort, pkiFolder: folder, isSecure }, signals.opcua, env));
  const open = stack.move();
  return {
    opcua,
    modbus,
    addresses: { opcua: opcua.endpoint, modbus: `${modbus.host}:${modbus.port}` },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function openOpcua(options: OpcuaOptions, signals: readonly Signal[], env: ServeEnv): Promise<OpcuaFace> {
  if (env.player) {
    const { serveHostileOpcua } = await import("./faces/opcua/hostile.ts");
    return serveHostileOpcua(options, signals, env, env.player);
  }
  const { serveOpcua } = await import("./faces/opcua/server.ts");
  return serveOpcua(options, signals, env);
}

async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pilotline-simulators-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
