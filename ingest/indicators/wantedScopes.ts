import type { Plant } from "#shared/plant/plant.ts";
import type { ScopeFacts } from "./scope.ts";

export interface WantedScope {
  readonly scope: string;
  readonly level: ScopeFacts["level"];
  /** Whether an equipment belongs to it. */
  holds(equipment: string): boolean;
}

/** The platform, each line, each equipment, or those of them that are named. */
export function wantedScopes(plant: Plant, named?: readonly string[]): readonly WantedScope[] {
  const platform = plant.platform.id;
  const all: WantedScope[] = [
    { scope: platform, level: "platform", holds: () => true },
    ...plant.lines.map(({ id }): WantedScope => {
      const scope = `${platform}/${id}`;
      return { scope, level: "line", holds: (equipment) => equipment.startsWith(`${scope}/`) };
    }),
    ...plant.lines.flatMap((line) =>
      line.equipment.map(({ id }): WantedScope => {
        const scope = `${platform}/${line.id}/${id}`;
        return { scope, level: "equipment", holds: (equipment) => equipment === scope };
      }),
    ),
  ];
  return named ? all.filter(({ scope }) => named.includes(scope)) : all;
}
