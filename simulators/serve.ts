import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { type ModbusFace, serveModbus } from "./faces/modbus/server.ts";
import type { OpcuaFace } from "./faces/opcua/server.ts";
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
}

/** Opens both faces. Each serves those of its signals that speak its protocol; both lists count the same readings. */
export async function serve(
  { host, opcuaPort, modbusPort, pkiFolder }: ServeOptions,
  signals: { readonly opcua: readonly Signal[]; readonly modbus: readonly Signal[] },
  env: { readonly clock: Clock; readonly log: Log },
): Promise<Faces> {
  await using stack = new AsyncDisposableStack();
  const folder = pkiFolder ?? (await temporaryFolder(stack));
  const modbus = stack.use(await serveModbus({ host, port: modbusPort }, signals.modbus));
  // node-opcua takes a second or two to load: only who serves it pays for it.
  const { serveOpcua } = await import("./faces/opcua/server.ts");
  const opcua = stack.use(await serveOpcua({ host, port: opcuaPort, pkiFolder: folder }, signals.opcua, env));
  const open = stack.move();
  return {
    opcua,
    modbus,
    addresses: { opcua: opcua.endpoint, modbus: `${modbus.host}:${modbus.port}` },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pilotline-simulators-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
