import { type FlowValue, flow, scalar } from "#shared/kit/flowYaml.ts";
import { proposeStates } from "./stateProposal.ts";
import { type Found, hindranceOf, tagEntry } from "./tagEntry.ts";
import { tagIdsFor } from "./tagIds.ts";

export interface PieceRequest {
  readonly device: FlowValue;
  readonly ids: Readonly<Record<"device" | "gateway" | "line" | "equipment", string>>;
  /** A whole plant file instead of a piece of one. */
  readonly whole: boolean;
  /** Comment at the head, without `#`. */
  readonly header: readonly string[];
}

export interface Piece {
  readonly text: string;
  readonly tags: number;
  /** Variables that cannot be tags, each with its reason. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

/** A piece of plant.yaml: the device, and an equipment with a tag per variable. Whole, it passes `pilotline check`. */
export function plantPiece(found: readonly Found[], { device, ids, whole, header }: PieceRequest): Piece {
  const leftOut = found.flatMap((one) => {
    const why = hindranceOf(one);
    return why === undefined ? [] : [{ path: one.node.path, why }];
  });
  const fit = found.filter((one) => hindranceOf(one) === undefined);
  const names = tagIdsFor(fit.map(({ node }) => node));
  const tags = fit.map((one, i) => ({ ...tagEntry(one, names[i] ?? "", ids.device), path: one.node.path }));
  const lines = [
    ...header.map(comment),
    ...(whole
      ? [
          "",
          `platform: ${flow({ id: "platform-1", name: { zh: "中试平台", en: "Pilot platform" } })}`,
          "",
          `gateways:\n  - ${flow({ id: ids.gateway })}`,
        ]
      : []),
    "",
    "devices:",
    `  - ${flow(device)}`,
    "",
    "lines:",
    `  - id: ${scalar(ids.line)}`,
    `    name: ${flow({ zh: ids.line, en: ids.line })}`,
    "    equipment:",
    `      - id: ${scalar(ids.equipment)}`,
    `        name: ${flow({ zh: ids.equipment, en: ids.equipment })}`,
    "        kind: unit",
    ...stateProposals(fit, names),
    tags.length === 0 ? "        tags: []" : "        tags:",
    ...tags.flatMap(({ entry, notes, path }) => [
      `          ${comment([path, ...notes].join("; "))}`,
      `          - ${flow(entry)}`,
    ]),
    ...leftOut.map(({ path, why }) => comment(`left out: ${path}: ${why}`)),
    "",
  ];
  return { text: lines.join("\n"), tags: tags.length, leftOut };
}

/** A comment stays on its line whatever the server writes into its names. */
const comment = (text: string): string => (text === "" ? "#" : `# ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")}`);

/** For each enumeration a state map to take over, as a comment: what the words mean is for somebody who knows the machine. */
function stateProposals(fit: readonly Found[], names: readonly string[]): readonly string[] {
  const states = fit.flatMap(({ facts: { texts, builtIn } }, i) => {
    if (!texts || builtIn === "Boolean") return [];
    return [`state: ${flow({ tag: names[i] ?? "", map: proposeStates(texts) })}`];
  });
  if (states.length === 0) return [];
  return ["Where one of these is the state of the machine, judge its map and take the # away:", ...states].map(
    (line) => `        ${comment(line)}`,
  );
}
