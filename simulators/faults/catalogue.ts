import { decimal, type Key, optional, usually, type Values } from "./keys.ts";
import { modbusFaults } from "./modbusFaults.ts";
import { opcuaFaults } from "./opcuaFaults.ts";

interface FaultKind {
  readonly help: string;
  readonly keys: Readonly<Record<string, Key>>;
}

export const faultKinds = { ...modbusFaults, ...opcuaFaults } as const satisfies Record<string, FaultKind>;
export type FaultName = keyof typeof faultKinds;
export const faultNames = Object.keys(faultKinds) as FaultName[];

/** A fault with its keys, checked. */
export type Fault = { [N in FaultName]: { readonly fault: N } & Values<(typeof faultKinds)[N]["keys"]> }[FaultName];
export type ModbusFault = Extract<Fault, { fault: `modbus.${string}` }>;
export type OpcuaFault = Extract<Fault, { fault: `opcua.${string}` }>;

/** A year: as good as for ever. */
const longest = 31_536_000;

/** When a step is on: the keys that every step has. */
export const timing = {
  at: usually(decimal("Begin, in seconds since the start.", 0, longest), 0),
  for: optional(decimal("How long, in seconds; to the end where absent.", 0, longest)),
  every: optional(decimal("Begins again so many seconds after each begin; longer than `for`.", 0.001, longest)),
  chance: usually(
    decimal(
      "Share of the requests (modbus, opcua.refuse) or of the begins (other opcua faults) that are hit, from 0 to 1; by --seed.",
      0,
      1,
    ),
    1,
  ),
} as const;

export interface Step extends Values<typeof timing> {
  readonly fault: Fault;
}

/** What goes wrong, and when. */
export interface Scenario {
  readonly steps: readonly Step[];
}
