import type { ErrorCode } from "#shared/model/errors.ts";

/** Exception codes and their names: Modbus Application Protocol V1.1b3, 7. */
export const exceptionNames: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "device failure",
  5: "acknowledge",
  6: "device busy",
  7: "negative acknowledge",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
};

/** The function is not supported: holds for the whole table. */
export const illegalFunction = 1;

/** A request gets these when one of its addresses does not exist, or when it is too long for the device. */
export const refusesAddress = (exception: number): boolean => exception >= 1 && exception <= 3;

/** The device is there but has no time; asked again after a rest it may answer. */
export const isBusy = (exception: number): boolean => exception === 5 || exception === 6;

/** A Modbus gateway says that the unit behind it is away. */
export const isAway = (exception: number): boolean => exception === 10 || exception === 11;

/** Why a value is bad whose request got this exception. */
export function reasonOf(exception: number): ErrorCode {
  if (refusesAddress(exception)) return "ADDRESS_UNKNOWN";
  return isBusy(exception) ? "BUSY" : "DEVICE_FAULT";
}

/** For people: `exception 2 (illegal data address)`. */
export const describeException = (exception: number): string =>
  `exception ${exception} (${exceptionNames[exception] ?? "the device's own"})`;
