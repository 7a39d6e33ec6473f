// What the tests of OPC UA security share: a driver with a security of its own, and its log.
import { inspect } from "node:util";
import { expect } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { OpcuaConnection } from "#shared/plant/protocols/opcua.ts";
import type { DriverEnv } from "../../gateway/driver.ts";
import { readTrustList, trust } from "../../gateway/drivers/opcua/security/trustList.ts";
import { type OpcuaDevice, type OpenSession, openSession } from "../../gateway/drivers/opcua/session.ts";
import { opcuaConnection } from "./defaults.ts";
import { opcuaDevice } from "./opcuaBench.ts";

export const never = new AbortController().signal;

export type Connection = Partial<OpcuaConnection>;
export const secure: Connection = { security: "Basic256Sha256", mode: "SignAndEncrypt" };

export const securedDevice = (port: number, connection: Connection = {}): OpcuaDevice => ({
  ...opcuaDevice(port),
  connection: { ...opcuaConnection(port), ...secure, ...connection },
});

/** A log that keeps every line as text. */
export function keptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  return { log, lines };
}

/** A secret stands neither in lines nor in an error with all that hangs on it, also not as bytes. */
export function expectWithout(secret: string, error: unknown, lines: readonly string[]): void {
  const everything = [...lines, inspect(error, { depth: 20, maxArrayLength: null, showHidden: true })].join("\n");
  const bytes = Buffer.from(secret);
  for (const text of [secret, bytes.toString("base64"), bytes.toString("hex"), inspect(bytes).slice(8, 60)]) {
    expect(everything).not.toContain(text);
  }
}

export interface Gateway {
  readonly folder: string;
  readonly env: DriverEnv;
  readonly lines: readonly string[];
  open(port: number, connection?: Connection): Promise<OpenSession>;
  /** The error of an attempt that must fail. */
  refused(port: number, connection?: Connection): Promise<CodedError>;
  /** Trusts whatever server is at that port. */
  meet(port: number, connection?: Connection): Promise<void>;
}

export function gatewayIn(folder: string, clock = systemClock): Gateway {
  const { log, lines } = keptLog();
  const env: DriverEnv = { clock, log, metrics: createMetrics(), folder };
  const open: Gateway["open"] = (port, connection) => openSession(securedDevice(port, connection), env, never);
  const refused: Gateway["refused"] = async (port, connection) => {
    const outcome = await open(port, connection).catch((error: unknown) => error);
    if (outcome instanceof CodedError) return outcome;
    if (outcome instanceof Error) throw outcome;
    await (outcome as OpenSession)[Symbol.asyncDispose]();
    throw new Error("it was not refused");
  };
  return {
    folder,
    env,
    lines,
    open,
    refused,
    meet: async (port, connection) => {
      const error = await refused(port, connection);
      if (error.code !== "UNTRUSTED") throw error;
      for (const { thumbprint } of (await readTrustList(folder)).refused) await trust(folder, thumbprint);
    },
  };
}
