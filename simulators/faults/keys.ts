/** What may be written behind one key of a step. The same declaration gives the check, the type and the reference. */
export type Key = NumberKey | ChoiceKey<string> | TextKey;

interface Described {
  readonly help: string;
}
export interface NumberKey extends Described {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly default?: number;
  readonly optional?: true;
}
export interface ChoiceKey<T extends string> extends Described {
  readonly kind: "choice";
  readonly of: readonly T[];
  readonly default?: T;
  readonly optional?: true;
}
export interface TextKey extends Described {
  readonly kind: "text";
  readonly optional?: true;
}

type ValueOf<K extends Key> = K extends NumberKey ? number : K extends ChoiceKey<infer T> ? T : string;

/** The values of a checked mapping; an optional key that is not written is undefined. */
export type Values<K extends Readonly<Record<string, Key>>> = {
  readonly [N in keyof K]: K[N] extends { readonly optional: true } ? ValueOf<K[N]> | undefined : ValueOf<K[N]>;
};

const range = (help: string, min: number, max: number, whole: boolean) =>
  ({ kind: "number", help, min, max, whole }) as const;

export const whole = (help: string, min: number, max: number) => range(help, min, max, true);
export const decimal = (help: string, min: number, max: number) => range(help, min, max, false);
export const choice = <const T extends string>(help: string, of: readonly T[]) =>
  ({ kind: "choice", help, of }) as const;
export const text = (help: string) => ({ kind: "text", help }) as const;

export const optional = <const K extends Key>(key: K) => ({ ...key, optional: true }) as const;
export const usually = <const K extends NumberKey | ChoiceKey<string>, const D extends ValueOf<K>>(key: K, value: D) =>
  ({ ...key, default: value }) as const;
