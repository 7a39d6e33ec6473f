import { setDebugLogger, setErrorLogger, setWarningLogger } from "node-opcua";
import type { Log } from "#shared/kit/log.ts";

/** node-opcua writes to the console unless told otherwise; its loggers are one per process. */
export function routeLogs(log: Log): void {
  const text = (parts: readonly unknown[]) => parts.map(String).join(" ").replaceAll(ansiColour, "").trim();
  setDebugLogger((...parts) => log.debug({}, text(parts)));
  setWarningLogger((...parts) => log.debug({}, text(parts)));
  setErrorLogger((...parts) => log.debug({}, text(parts)));
}

const ansiColour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
