import { type Framing, tcpFraming } from "./frames.ts";
import { asciiFraming, rtuFraming } from "./lineFrames.ts";

export const framingNames = ["tcp", "rtu", "ascii"] as const;
export type FramingName = (typeof framingNames)[number];

/** rtu and ascii travel over TCP, as through a serial server. */
export const framings: Readonly<Record<FramingName, Framing>> = {
  tcp: tcpFraming,
  rtu: rtuFraming,
  ascii: asciiFraming,
};
