/** Outlines of kinds of equipment on a field of 24 × 24, as flow diagrams have them: simple, without motion. */
const symbols = {
  vessel: "M6 3h12v13a6 5 0 0 1-12 0zM12 1v11M8 12h8",
  tank: "M5 4h14v16H5zM5 9h14",
  pump: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM8 5l12 7-12 7",
  heat: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM1 12h6l3-5 4 10 3-5h6",
  spin: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 3v5M12 16v5",
  mixer: "M5 5h14v12a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM12 1v13M8 14h8",
  filter: "M3 4h18l-7 9v7h-4v-7z",
  oven: "M3 5h18v14H3zM7 16c-2-2 2-3 0-6M12 16c-2-2 2-3 0-6M17 16c-2-2 2-3 0-6",
  web: "M6 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM18 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM6 8h12",
  fan: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 12 6 6M12 12l6-6M12 12v8",
  meter: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 13l5-5M7 16h10",
  box: "M4 5h16v14H4z",
} as const;

/** Words in the `kind` of plant.yaml. */
const families: readonly (readonly [keyof typeof symbols, RegExp])[] = [
  ["vessel", /react|ferment|crystal|column/],
  ["tank", /tank|vessel|silo|hopper/],
  ["pump", /pump|dosing|feed/],
  ["heat", /therm|heat|chill|cool|condens|exchang|boil|steam|recover/],
  ["spin", /centrifug|mill|separat/],
  ["mixer", /mix|stir|slurry|blend|homogen/],
  ["filter", /filt|scrub|adsor|membrane/],
  ["oven", /oven|furnace|dry|kiln|anneal/],
  ["web", /coat|wind|calender|slit|roll|press$/],
  ["fan", /fan|blow|compress|^air|vacuum|utilit/],
  ["meter", /meter|detect|analy|gauge|sensor|monitor/],
];

/** The outline of a kind; a plain box for one that nobody has drawn. */
export const symbolOf = (kind: string): string =>
  symbols[families.find(([, words]) => words.test(kind.toLowerCase()))?.[0] ?? "box"];
