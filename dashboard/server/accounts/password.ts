import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { CodedError } from "#shared/model/errors.ts";

/** Cost of scrypt (RFC 7914); memory is 128 × 2^log2N × r bytes. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and some tenths of a second per guess: OWASP's first choice for scrypt. */
export const standardCost: ScryptCost = { log2N: 17, r: 8, p: 1 };

const keyBytes = 32;
/** Each hash takes 128 MiB: two at once, and a short queue before it is said that the server is busy. */
const atOnce = 2;
const mayWait = 16;

/** Lengths in characters. No composition rules: length is what counts (OWASP ASVS 5.0, 6.2). */
export const passwordLength = { min: 12, max: 256 } as const;

/** Hashes and checks passwords; the text of a hash is `scrypt$<log2N>$<r>$<p>$<salt>$<key>`, base64url. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time whether `stored` is a user's hash or undefined (no such user). */
  matches(password: string, stored: string | undefined): Promise<boolean>;
}

export function createPasswords(cost: ScryptCost = standardCost): Passwords {
  const turns = createTurns(atOnce, mayWait);
  const derive = (password: string, salt: Buffer, { log2N, r, p }: ScryptCost): Promise<Buffer> =>
    turns(
      () =>
        new Promise((resolve, reject) => {
          const N = 2 ** log2N;
          const options = { N, r, p, maxmem: 128 * N * r + 2 ** 20 };
          scrypt(password.normalize("NFKC"), salt, keyBytes, options, (error, key) =>
            error ? reject(error) : resolve(key),
          );
        }),
    );
  /** Nobody's: compared with where there is no such user. */
  const decoySalt = randomBytes(16);

  return {
    hash: async (password) => {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      return ["scrypt", cost.log2N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$");
    },
    matches: async (password, stored) => {
      const [, log2N, r, p, salt, key] = stored?.split("$") ?? [];
      if (salt === undefined || key === undefined) {
        await derive(password, decoySalt, cost);
        return false;
      }
      const given = await derive(password, Buffer.from(salt, "base64url"), {
        log2N: Number(log2N),
        r: Number(r),
        p: Number(p),
      });
      return timingSafeEqual(given, Buffer.from(key, "base64url"));
    },
  };
}

type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `width` works at once; throws `QUEUE_FULL` where more than `depth` wait already. */
function createTurns(width: number, depth: number): Turns {
  const state = { running: 0 };
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (waiting.length >= depth) throw new CodedError("QUEUE_FULL", "Too many logins at once; try again in a moment.");
    if (state.running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else state.running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else state.running--;
    }
  };
}
