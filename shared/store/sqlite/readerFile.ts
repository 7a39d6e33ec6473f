import { statSync } from "node:fs";
import { type Database, type FileFormat, openForReading } from "./database.ts";

/**
 * A file that another process writes. It may not exist yet, and its writer may replace it by a fresh one when it was
 * damaged: both are noticed at the next call, by the file's identity.
 */
export class ReaderFile<Opened extends { readonly database: Database }> implements Disposable {
  readonly #file: string;
  readonly #format: FileFormat;
  readonly #make: (database: Database) => Opened;
  #open: { readonly identity: string; readonly opened: Opened } | undefined;

  constructor(file: string, format: FileFormat, make: (database: Database) => Opened) {
    this.#file = file;
    this.#format = format;
    this.#make = make;
  }

  /** What `make` made of the file as it is now, or undefined while there is none. */
  current(): Opened | undefined {
    const stat = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    const identity = stat ? `${stat.dev}:${stat.ino}` : undefined;
    if (this.#open && this.#open.identity !== identity) this[Symbol.dispose]();
    if (!this.#open && identity !== undefined) {
      const database = openForReading(this.#file, this.#format);
      if (database) this.#open = { identity, opened: this.#make(database) };
    }
    return this.#open?.opened;
  }

  [Symbol.dispose](): void {
    this.#open?.opened.database.close();
    this.#open = undefined;
  }
}
