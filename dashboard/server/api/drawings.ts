import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import type { PlantView } from "#shared/model/live.ts";
import { parseTagId } from "#shared/model/sample.ts";
import type { Dependencies } from "../context.ts";
import { readDrawingFile } from "../drawings/file.ts";
import { readSvg } from "../drawings/readSvg.ts";
import { sanitise } from "../drawings/sanitise.ts";
import type { App } from "../http.ts";
import { ProblemSchema } from "./schemas.ts";

/** Drawings of lines: read anew each time, so that a draughtsman sees his change by loading the page again. */
export function drawingRoutes(app: App, { plant, plantFile }: Dependencies, view: PlantView): void {
  app.get(
    "/api/lines/:line/drawing",
    {
      schema: {
        tags: ["plant"],
        summary: "The line's own drawing as a tree of allowed SVG elements, and what of the file is left out",
        params: Type.Object({ line: Type.String({ maxLength: 63 }) }),
        response: {
          200: Type.Object({
            root: Type.Unknown({ description: "Element: name, attributes, children." }),
            removed: Type.Array(Type.String(), { description: "Elements and attributes that are not allowed." }),
            unknownTags: Type.Array(Type.String(), { description: "What `data-tag` names that the line lacks." }),
          }),
          404: ProblemSchema,
          500: ProblemSchema,
        },
      },
    },
    async ({ params }) => {
      const { drawing } = plant.lines.find(({ id }) => id === params.line) ?? {};
      const line = view.lines.find(({ id }) => id === params.line);
      if (drawing === undefined || !line)
        throw new CodedError("NOT_FOUND", `The plant model names no drawing of a line \`${params.line}\`.`);
      const names = new Set(
        line.equipment.flatMap(({ tags }) =>
          tags.map(({ tag }) => {
            const path = parseTagId(tag);
            return `${path?.equipment}/${path?.tag}`;
          }),
        ),
      );
      try {
        return sanitise(readSvg(await readDrawingFile(plantFile, drawing)), (name) => names.has(name));
      } catch (error) {
        const what = error instanceof CodedError ? error.detail : "it cannot be read.";
        throw new CodedError("CONFIG", `Drawing ${drawing}: ${what}`, { cause: error });
      }
    },
  );
}
