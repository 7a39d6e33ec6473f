import { protocolNames, protocols } from "#shared/plant/protocols/registry.ts";
import { PlantSchema } from "#shared/plant/schema.ts";

type Json = { readonly [key: string]: unknown };

/** Keys without which a value of the schema is refused: those with a default can be left out in the file. */
const neededKeys = ({ properties, required }: Json): readonly string[] =>
  ((required as string[] | undefined) ?? []).filter(
    (key) => (properties as Record<string, Json>)[key]?.default === undefined,
  );

const variable = { $ref: "#/$defs/variable" };
const scalars = new Set(["number", "integer", "boolean"]);

/** The schema as an editor needs it: keys with a default are optional, a number may come from the environment. */
function forEditor(schema: Json): Json {
  if (schema.anyOf) return { ...schema, anyOf: (schema.anyOf as Json[]).map(forEditor) };
  if (schema.type === "array") return { ...schema, items: forEditor(schema.items as Json) };
  if (schema.type === "object" && schema.properties) {
    const properties = Object.entries(schema.properties as Record<string, Json>).map(([key, value]) => [
      key,
      key === "address" && value.type === "object" ? anyAddress(value) : forEditor(value),
    ]);
    return { ...schema, required: neededKeys(schema), properties: Object.fromEntries(properties) };
  }
  if (schema.patternProperties) {
    const patterns = Object.entries(schema.patternProperties as Record<string, Json>);
    return {
      ...schema,
      patternProperties: Object.fromEntries(patterns.map(([key, value]) => [key, forEditor(value)])),
    };
  }
  if (schema.asWritten) {
    const { asWritten: _taken, ...rest } = schema;
    return { ...rest, type: ["string", "integer"] };
  }
  if (schema.enum || schema.const !== undefined || scalars.has(schema.type as string)) {
    const { description, default: fallback, ...rest } = schema;
    const told = { description, ...(fallback === undefined ? {} : { default: fallback }) };
    return schema.const === undefined ? { ...told, anyOf: [rest, variable] } : schema;
  }
  return schema;
}

/** Devices with a template leave out what comes from there. */
function byTemplate(device: Json): Json {
  const { connection, protocol, ...properties } = device.properties as Record<string, Json>;
  return {
    ...device,
    required: ["id", "gateway", "template"],
    properties: { ...properties, protocol, connection: anyKeys(connection as Json) },
  };
}

/** The keys of a connection, none of them needed. */
const anyKeys = (schema: Json): Json =>
  schema.anyOf ? { ...schema, anyOf: (schema.anyOf as Json[]).map(anyKeys) } : { ...schema, required: [] };

const anyAddress = ({ description }: Json): Json => ({
  description,
  anyOf: protocolNames.map((name) => forEditor(protocols[name].address as unknown as Json)),
});

/** JSON Schema of plant.yaml, for editors with a YAML language server. `check` judges more than a schema can say. */
export function plantJsonSchema(): string {
  const schema = forEditor(JSON.parse(JSON.stringify(PlantSchema)) as Json);
  const devices = (schema.properties as Record<string, Json>).devices as { items: { anyOf: Json[] } } & Json;
  devices.items.anyOf.push(...devices.items.anyOf.map(byTemplate));
  const whole = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    $defs: {
      variable: {
        type: "string",
        pattern: "^\\$\\{[A-Za-z_][A-Za-z0-9_]*(:[^}]*)?\\}$",
        description: `A value from the environment: \${NAME} or \${NAME:default}.`,
      },
    },
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
