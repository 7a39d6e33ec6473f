import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CodedError } from "#shared/model/errors.ts";
import { isDamagedCopy } from "#shared/store/sqlite/damage.ts";

/** What was found damaged of what ingest keeps: it goes on without, and somebody has to look. */
export interface Damages {
  note(error: CodedError): void;
  /** In words, the first found first. */
  list(): readonly string[];
}

const tellsOfCopy = (note: string): boolean =>
  note.split(/[\s`]+/).some((word) => isDamagedCopy(word.replace(/\.$/, "")));

/** Enough to tell what is going on. */
const mostNotes = 20;

/**
 * Damage that was found since this start, and what lies aside in the folder since an earlier one: that is told of until
 * somebody restores it or takes it away.
 */
export function createDamages(folder: string): Damages {
  const notes = new Set<string>();
  return {
    note: ({ detail }) => {
      if (notes.size < mostNotes) notes.add(detail);
    },
    list: () => {
      const aside = readdirSync(folder)
        .filter(isDamagedCopy)
        .map((name) => join(folder, name));
      const known = notes.values().filter((note) => aside.some((path) => note.includes(path)) || !tellsOfCopy(note));
      const told = [...known];
      return [
        ...told,
        ...aside
          .filter((path) => !told.some((note) => note.includes(path)))
          .map((path) => `${path} was damaged; restore from a backup or recover it, then take it away.`),
      ];
    },
  };
}
