import type { AddressCheck, AddressMistake } from "./addressCheck.ts";
import type { OpcuaConnection } from "./opcua.ts";

/** What the schema cannot tell: one kind of address per tag, and no password over a channel that does not encrypt. */
export const checkOpcua: AddressCheck = (tags, { path, connection }) => {
  const mistakes: AddressMistake[] = [];
  const { security, mode, user } = connection as OpcuaConnection;
  if (user.type === "password" && (security === "none" || mode === "Sign")) {
    mistakes.push({
      path: `${path}.connection.user`,
      what: "the password would travel over a connection that is not encrypted",
      remedy: "choose a security policy other than none, with mode SignAndEncrypt.",
    });
  }
  for (const { path: at, config } of tags) {
    const given = ["node", "events"].filter((key) => config.address[key] !== undefined);
    if (given.length !== 1) {
      const what = given.length === 0 ? "names neither `node` nor `events`" : "names both `node` and `events`";
      mistakes.push({ path: `${at}.address`, what, remedy: "write one of the two." });
    } else if (given[0] === "events" && config.type !== "string") {
      mistakes.push({ path: `${at}.type`, what: "events are text", remedy: "write type: string." });
    } else if (given[0] === "events" && config.report !== "every") {
      const what = "the last event would be repeated as if it happened again";
      mistakes.push({ path: `${at}.report`, what, remedy: "write report: every." });
    }
  }
  return mistakes;
};
