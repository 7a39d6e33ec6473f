import { Type } from "typebox";
import type { PlantView } from "#shared/model/live.ts";
import { type FiguresKind, figuresKinds } from "#shared/wire/derived.ts";
import type { App } from "../http.ts";
import type { LiveState } from "../live/state.ts";
import { IndicatorSchema, PlantSchema } from "./schemas.ts";

export function plantRoutes(app: App, plant: PlantView, state: LiveState): void {
  app.get(
    "/api/plant",
    { schema: { tags: ["plant"], summary: "Lines, equipment and tags", response: { 200: PlantSchema } } },
    async () => plant,
  );
  app.get(
    "/api/indicators",
    {
      schema: {
        tags: ["indicators"],
        summary: "The newest figures of all lines",
        response: { 200: Type.Object({ results: Type.Array(IndicatorSchema) }) },
      },
    },
    async () => ({ results: state.indicators() }),
  );
  app.get(
    "/api/indicators/:period",
    {
      schema: {
        tags: ["indicators"],
        summary: "Every figure of the day or the month that runs, provisional, of the platform and its lines",
        params: Type.Object({ period: Type.Enum([...figuresKinds]) }),
        response: { 200: Type.Object({ results: Type.Array(IndicatorSchema) }) },
      },
    },
    async (request) => ({ results: state.figures((request.params as { period: FiguresKind }).period) }),
  );
}
