import { type EndpointDescription, MessageSecurityMode, SecurityPolicy, UserTokenType } from "node-opcua";
import { CodedError } from "#shared/model/errors.ts";
import type { OpcuaConnection } from "#shared/plant/protocols/opcua.ts";

/** The plant model's words as the protocol stack's. */
export const policyOf = ({ security }: OpcuaConnection): SecurityPolicy =>
  security === "none" ? SecurityPolicy.None : SecurityPolicy[security];
export const modeOf = ({ security, mode }: OpcuaConnection): MessageSecurityMode =>
  security === "none" ? MessageSecurityMode.None : MessageSecurityMode[mode];

const tokenTypes = {
  anonymous: UserTokenType.Anonymous,
  password: UserTokenType.UserName,
  certificate: UserTokenType.Certificate,
} as const;

/**
 * The endpoint with just the configured policy and mode; never another one. Rejects with `NOT_CONNECTED` where the
 * server has none, with `FORBIDDEN` where that endpoint takes no such user.
 */
export function chosenEndpoint(
  connection: OpcuaConnection,
  offered: readonly EndpointDescription[],
): EndpointDescription {
  const { endpoint, security, mode, user } = connection;
  const chosen = offered.find(
    ({ securityPolicyUri, securityMode }) =>
      securityPolicyUri === policyOf(connection) && securityMode === modeOf(connection),
  );
  if (!chosen) {
    const wanted = security === "none" ? "`security: none`" : `\`security: ${security}\` with \`mode: ${mode}\``;
    const what = `${endpoint}: the server does not offer ${wanted}, only ${offersOf(offered)}`;
    throw new CodedError("NOT_CONNECTED", `${what}. Write one of these into plant.yaml, or enable it at the server.`);
  }
  const kinds = chosen.userIdentityTokens ?? [];
  if (!kinds.some(({ tokenType }) => tokenType === tokenTypes[user.type])) {
    const takes = Object.entries(tokenTypes).flatMap(([name, type]) =>
      kinds.some(({ tokenType }) => tokenType === type) ? [name] : [],
    );
    const what = `${endpoint}: the server takes no user of type ${user.type} here, only ${takes.join(", ") || "none"}`;
    throw new CodedError("FORBIDDEN", `${what}. Change connection.user in plant.yaml, or allow it at the server.`);
  }
  return chosen;
}

/** What the server offers, best first, for people: `Basic256Sha256 SignAndEncrypt, none`. */
export function offersOf(offered: readonly EndpointDescription[]): string {
  const names = offered
    .toSorted((a, b) => b.securityLevel - a.securityLevel)
    .map(({ securityPolicyUri, securityMode }) => {
      if (securityMode === MessageSecurityMode.None) return "none";
      return `${securityPolicyUri?.split("#").at(-1)} ${MessageSecurityMode[securityMode]}`;
    });
  return [...new Set(names)].join(", ") || "nothing";
}
