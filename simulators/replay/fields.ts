import { CodedError } from "#shared/model/errors.ts";
import type { LocalText } from "#shared/model/text.ts";

/** Typed reading of a parsed YAML mapping. Every mistake is a `CONFIG` that names file and key. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #file: string;
  readonly #path: string;
  readonly #used = new Set<string>();

  constructor(value: unknown, file: string, path: string) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#wrong("", "a mapping is needed");
    this.#values = value as Readonly<Record<string, unknown>>;
  }

  text(key: string, fallback?: string): string {
    const value = this.#take(key) ?? fallback;
    if (typeof value !== "string" || value === "") throw this.#wrong(key, "text is needed");
    return value;
  }

  optionalText(key: string): string | undefined {
    return this.#take(key) === undefined ? undefined : this.text(key);
  }

  number(key: string, fallback?: number): number {
    const value = this.#take(key) ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#wrong(key, "a number is needed");
    return value;
  }

  flag(key: string): boolean {
    const value = this.#take(key) ?? false;
    if (typeof value !== "boolean") throw this.#wrong(key, "true or false is needed");
    return value;
  }

  choice<const T extends string>(key: string, of: readonly T[], fallback?: T): T {
    const value = this.#take(key) ?? fallback;
    const found = of.find((one) => one === value);
    if (found === undefined) throw this.#wrong(key, `one of ${of.join(", ")} is needed`);
    return found;
  }

  band(key: string): readonly [number, number] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const [low, high] = Array.isArray(value) ? (value as unknown[]) : [];
    if (typeof low !== "number" || typeof high !== "number" || low >= high) {
      throw this.#wrong(key, "[low, high] with low below high is needed");
    }
    return [low, high];
  }

  names(key: string): LocalText {
    const both = this.child(key);
    const en = both.optionalText("en");
    const names = { zh: both.text("zh"), ...(en === undefined ? {} : { en }) };
    both.refuseUnknown();
    return names;
  }

  child(key: string): Fields {
    return new Fields(this.#take(key), this.#file, this.#at(key));
  }

  list(key: string, fallback?: readonly unknown[]): readonly Fields[] {
    const value = this.#take(key) ?? fallback;
    if (!Array.isArray(value)) throw this.#wrong(key, "a list is needed");
    return value.map((item, index) => new Fields(item, this.#file, `${this.#at(key)}[${index}]`));
  }

  entries(key: string): readonly (readonly [string, Fields])[] {
    const within = this.child(key);
    return Object.keys(within.#values).map((name) => [name, within.child(name)] as const);
  }

  /** Throws where the mapping has a key that nobody asked for. */
  refuseUnknown(): void {
    const unknown = Object.keys(this.#values).find((key) => !this.#used.has(key));
    if (unknown !== undefined) {
      throw this.#wrong(unknown, `this key is unknown; known are ${[...this.#used].join(", ")}`);
    }
  }

  #take(key: string): unknown {
    this.#used.add(key);
    return this.#values[key];
  }

  #at = (key: string): string => (this.#path === "" ? key : key === "" ? this.#path : `${this.#path}.${key}`);

  #wrong(key: string, what: string): CodedError {
    return new CodedError("CONFIG", `${this.#file}: ${this.#at(key) || "the file"}: ${what}.`);
  }
}
