import { type ClientSession, resolveNodeId, VariableIds } from "node-opcua";
import { valueAttribute } from "../nodes.ts";
import { qualityOf } from "../status.ts";
import type { Asking } from "./gently.ts";

/** What a server says of itself (BuildInfo of IEC 62541-5, 12.4), empty where it says nothing. */
export interface ServerFacts {
  readonly manufacturer: string;
  readonly product: string;
  readonly version: string;
}

export async function readServer(session: ClientSession, ask: Asking): Promise<ServerFacts> {
  const wanted = [
    VariableIds.Server_ServerStatus_BuildInfo_ManufacturerName,
    VariableIds.Server_ServerStatus_BuildInfo_ProductName,
    VariableIds.Server_ServerStatus_BuildInfo_SoftwareVersion,
  ].map((id) => valueAttribute(resolveNodeId(`i=${id}`)));
  const values = await ask.each(wanted, (batch) => session.read([...batch]));
  const [manufacturer = "", product = "", version = ""] = values.map(({ statusCode, value }) =>
    qualityOf(statusCode.value) === "bad" ? "" : String(value?.value ?? "").trim(),
  );
  return { manufacturer, product, version };
}
