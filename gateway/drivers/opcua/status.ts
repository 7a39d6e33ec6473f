import type { ErrorCode } from "#shared/model/errors.ts";
import type { Quality } from "#shared/model/sample.ts";

const qualities = ["good", "uncertain", "bad", "bad"] as const satisfies readonly Quality[];

/** Quality by the two top bits of a StatusCode (IEC 62541-4, 7.39): Good with further bits set is still good. */
export const qualityOf = (statusCode: number): Quality => qualities[(statusCode >>> 30) as 0 | 1 | 2 | 3];

/** The server's queue of this item was too short: values before this one are lost (IEC 62541-4, table "DataValue InfoBits"). */
export const hasOverflow = (statusCode: number): boolean => (statusCode & 0x480) === 0x480;

/** From a StatusCode's name to our code; the name goes into the log. The first that matches holds. */
const reasons: readonly (readonly [pattern: RegExp, reason: ErrorCode])[] = [
  [/^Bad(NodeId|Attribute|Index)/, "ADDRESS_UNKNOWN"],
  [/^BadType|^BadDataType|^BadDataEncoding/, "WRONG_TYPE"],
  [/Timeout$/, "TIMEOUT"],
  [/^Bad(NotConnected|NoCommunication|CommunicationError|Connection|SecureChannel|Session|ServerNot)/, "NOT_CONNECTED"],
  [/^Bad(UserAccess|NotReadable|IdentityToken|SecurityChecks|Certificate)/, "FORBIDDEN"],
  [/OutOfRange|UnitsExceeded|^UncertainSensorNotAccurate/, "OUT_OF_RANGE"],
  [/WaitingForInitialData|LastUsableValue|LastKnown|^UncertainInitialValue|^BadNoData/, "STALE"],
  [/Failure|OutOfService|ConfigurationError/, "DEVICE_FAULT"],
];

/** Why a value with this StatusCode is bad or uncertain, for example `BadNodeIdUnknown`. */
export const reasonOf = (statusName: string): ErrorCode =>
  reasons.find(([pattern]) => pattern.test(statusName))?.[1] ?? "DEVICE_FAULT";
