import type { Clause } from "../contracts/driver.ts";

const polled = "Modbus has no subscription";
const plain = "Modbus has no quality of its own";

/** What a protocol that is asked for bare registers cannot promise. */
export const modbusSkips: Partial<Record<Clause, string>> = {
  "pushes every change in order": polled,
  "pushes bad and uncertain values as what they are": polled,
  "a lost subscription rejects": polled,
  "a bad value is bad with a reason, and its neighbours are good": plain,
  "an uncertain value comes through with its reason": plain,
};
