import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { CodedError, messageOf } from "#shared/model/errors.ts";

/**
 * A reader of JSON messages of one shape. It throws `MALFORMED` that names the message and the wrong key. Keys that the
 * shape does not name are let through: a newer sender of the same version may say more.
 */
export function checkedJson<Schema extends TSchema>(
  what: string,
  schema: Schema,
): (payload: Uint8Array | string) => Static<Schema> {
  const validator = Compile(schema);
  return (payload) => {
    let message: unknown;
    try {
      message = JSON.parse(typeof payload === "string" ? payload : new TextDecoder().decode(payload));
    } catch (error) {
      throw new CodedError("MALFORMED", `A message of kind ${what} is no JSON: ${messageOf(error)}.`);
    }
    if (validator.Check(message)) return message as Static<Schema>;
    const [wrong] = validator.Errors(message);
    const place = wrong?.instancePath || "as a whole";
    throw new CodedError("MALFORMED", `A message of kind ${what} is not as documented: ${place} ${wrong?.message}.`);
  };
}
