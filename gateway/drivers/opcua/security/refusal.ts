import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { OpcuaUser } from "#shared/plant/protocols/opcua.ts";
import { described } from "./certificate.ts";
import type { OwnCertificate } from "./ownCertificate.ts";

/** What a server says that does not take the user (OPC 10000-4, 7.39). */
const userRefused =
  /BadUserAccessDenied|BadIdentityTokenInvalid|BadIdentityTokenRejected|BadUserSignatureInvalid|BadIdentityChangeNotSupported/;
/** What a server says that does not take the client's certificate. */
const certificateRefused = /BadSecurityChecksFailed|BadCertificate\w+|BadApplicationSignatureInvalid/;

/**
 * The server's refusal as one of the project's errors: of the user, of our certificate, or of something else. The
 * library's own error is no cause of it, since that carries the request, and the request the password.
 */
export function refusalOf(error: unknown, endpoint: string, own: OwnCertificate, user: OpcuaUser): CodedError {
  if (error instanceof CodedError) return error;
  const message = messageOf(error).replaceAll(/\s+/g, " ").trim();
  const [denied] = userRefused.exec(message) ?? [];
  if (denied) {
    const what = `${endpoint}: the server refuses ${nameOf(user)} (${denied})`;
    return new CodedError("FORBIDDEN", `${what}. Compare connection.user with the server's own list of users.`);
  }
  const [refused] = certificateRefused.exec(message) ?? [];
  if (refused) {
    const what = `${endpoint}: the server refuses the gateway's own certificate ${described(own)} (${refused})`;
    return new CodedError("UNTRUSTED", `${what}. Import ${own.certificateFile} into its trust list.`);
  }
  const [unsecured] = /BadSecurity(Policy|Mode)Rejected/.exec(message) ?? [];
  if (unsecured) {
    const what = `${endpoint}: the server takes no channel without security, not even to be asked for its endpoints`;
    return new CodedError("NOT_CONNECTED", `${what} (${unsecured}). Enable its discovery endpoint.`);
  }
  return new CodedError("NOT_CONNECTED", `${endpoint}: ${message.replace(/\.$/, "")}.`);
}

const nameOf = (user: OpcuaUser): string =>
  user.type === "password" ? `the password of user ${user.name}` : `the ${user.type} user`;
