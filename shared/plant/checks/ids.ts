import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import { systemLineId } from "../systemLine.ts";

interface Named {
  readonly id: string;
}

/** Ids that are equal, or that some Sparkplug host would take for equal (Sparkplug 3.0, tck-id-case-sensitivity). */
export function checkIds({ gateways, devices, lines }: Plant, report: Report): void {
  unique(gateways, "gateways", "gateway");
  unique(devices, "devices", "device");
  unique(lines, "lines", "line");
  for (const [l, line] of lines.entries()) {
    if (line.id.toLowerCase() === systemLineId) {
      const what = `\`${line.id}\` is the line of Pilotline's own alarms`;
      report(`lines[${l}].id`, what, "choose another id for the line.");
    }
    unique(line.equipment, `lines[${l}].equipment`, "equipment of the line");
    unique(line.alarms, `lines[${l}].alarms`, "alarm of the line");
    unique(line.runs, `lines[${l}].runs`, "run rule of the line");
    for (const [e, { tags }] of line.equipment.entries()) {
      unique(tags, `lines[${l}].equipment[${e}].tags`, "tag of the equipment");
    }
  }

  function unique(members: readonly Named[], path: string, noun: string): void {
    const seen = new Map<string, { id: string; at: string }>();
    for (const [i, { id }] of members.entries()) {
      const at = `${path}[${i}]`;
      const earlier = seen.get(id.toLowerCase());
      if (!earlier) seen.set(id.toLowerCase(), { id, at });
      else if (earlier.id === id) {
        report(`${at}.id`, `another ${noun} has the id \`${id}\``, `rename one of them; the other is ${earlier.at}.`);
      } else {
        const what = `id \`${id}\` differs from \`${earlier.id}\` (${earlier.at}) only in capital letters`;
        report(`${at}.id`, what, "rename one of them: Sparkplug hosts may take them for one.");
      }
    }
  }
}
