import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

/**
 * Takes bodies as they are, with defaults filled in. The server's own validator converts types, as addresses need it:
 * in a body it would make the number 0 of a null that means “not given”.
 */
export const exactBodies: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isBody = httpPart === "body";
  return (data: unknown) => {
    const value = isBody ? Value.Default(schema, data) : Value.Convert(schema, data);
    if (validator.Check(value)) return { value };
    const [wrong] = validator.Errors(value);
    return { error: new Error(`${httpPart}${wrong?.instancePath ?? ""} ${wrong?.message ?? "is not as documented"}`) };
  };
};
