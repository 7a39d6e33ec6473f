import { type Static, Type } from "typebox";
import type { Node } from "yaml";
import { Conformer } from "../conform.ts";
import type { Problem } from "../problem.ts";
import { shapeOf } from "../shape.ts";
import { readYaml } from "../yamlSource.ts";

const closed = { additionalProperties: false } as const;
const Whole = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description }));

const Fact = Type.Object(
  {
    says: Type.String({ minLength: 1, description: "What is known, in one sentence." }),
    source: Type.String({ minLength: 1, description: "Where that comes from, so that somebody can look it up." }),
    basis: Type.Enum(["measured", "source code", "documentation", "issue"], {
      description: "What kind of source it is; only `measured` was seen by us.",
    }),
    polling: Type.Optional(
      Type.Object(
        {
          publishMs: Whole("Publishing interval, in milliseconds."),
          samplingMs: Whole("Sampling interval, in milliseconds."),
          itemsPerCall: Whole("Most monitored items per call."),
          deadband: Type.Optional(Type.Enum(["server", "gateway"], { description: "Who drops small changes." })),
        },
        { ...closed, description: "Keys of the device's polling that it speaks for." },
      ),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          nodesPerCall: Whole("Most nodes in one call of browsing or reading."),
          monitoredItems: Whole("Most monitored items of the whole server."),
          sessions: Whole("Most sessions at once."),
        },
        { ...closed, description: "Limits of the server." },
      ),
    ),
  },
  { ...closed, description: "One fact with its source." },
);

const Pattern = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** What is known of a make of OPC UA server: a data file beside the driver. */
export const OpcuaProfile = Type.Object(
  {
    title: Type.String({ minLength: 1, description: "Make and product." }),
    validFor: Type.String({
      minLength: 1,
      description: "For which versions it holds, and how far it can be relied on.",
    }),
    match: Type.Object(
      {
        manufacturer: Pattern("Regular expression for BuildInfo.ManufacturerName, any case."),
        product: Pattern("Regular expression for BuildInfo.ProductName, any case."),
      },
      { ...closed, description: "How the server is recognised; all that is given must match." },
    ),
    facts: Type.Array(Fact, { minItems: 1, description: "What is known, each with its source." }),
  },
  { ...closed, description: "Profile of a make of OPC UA server." },
);

export type OpcuaProfile = Static<typeof OpcuaProfile>;

/** The profile in a YAML text, or every mistake in it; `file` only goes into the problems. */
export function parseProfile(
  text: string,
  file: string,
): { readonly profile: OpcuaProfile | null; readonly problems: readonly Problem[] } {
  const source = readYaml(text, file);
  const problems: Problem[] = source.mistakes.map((mistake) => ({ key: "profile", ...mistake }));
  if (problems.length > 0) return { profile: null, problems };
  if (!source.root) {
    const what = { what: "the file is empty", remedy: "write title, validFor, match and facts." };
    return { profile: null, problems: [{ file, line: 1, column: 1, key: "profile", ...what }] };
  }
  const report = (node: Node, key: string, what: string, remedy: string) =>
    void problems.push({ ...source.placeOf(node), key: key === "plant" ? "profile" : key, what, remedy });
  const profile = new Conformer({ source, env: {}, report }).conform(shapeOf(OpcuaProfile), source.root, "");
  return problems.length > 0 ? { profile: null, problems } : { profile: profile as OpcuaProfile, problems };
}
