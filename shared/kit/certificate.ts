import { X509Certificate } from "node:crypto";
import type { EpochMs } from "#shared/model/time.ts";

const dayMs = 86_400_000;

/** Whole days until the certificate (PEM) runs out; negative when it has. Throws where it cannot be read. */
export const certificateDaysLeft = (pem: string, at: EpochMs): number =>
  Math.floor((Date.parse(new X509Certificate(pem).validTo) - at) / dayMs);
