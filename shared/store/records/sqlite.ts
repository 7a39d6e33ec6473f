import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { CodedError } from "#shared/model/errors.ts";
import { openSound } from "../sqlite/damage.ts";
import { checkWhole, type Database, openForWriting, storeError, transaction } from "../sqlite/database.ts";
import { ReaderFile } from "../sqlite/readerFile.ts";
import type { Family, Row, Statements } from "./family.ts";
import type { RecordsReader, RecordsWriter } from "./port.ts";
import { families } from "./registry.ts";
import { recordsFormat } from "./schema.ts";

/**
 * Opens the records for ingest, their one writer (D5). Every call is one durable transaction and throws `DISK` or
 * `STORE_UNAVAILABLE` (verdict retry) where it could not be made. With `env`, a damaged file is moved aside, logged and
 * begun anew; without, it throws `DAMAGED`. `onDamage` hears of that, and of damage that a call meets later.
 */
export async function openRecordsWriter(
  file: string,
  env?: { clock: Clock; log: Log; onDamage?: (error: CodedError) => void },
): Promise<RecordsWriter> {
  const guard = guarded(file, env?.onDamage);
  const open = () => openForWriting(file, recordsFormat, checkWhole);
  const { opened: database, damage } = guard(() =>
    env ? openSound(file, env.clock.now(), open) : { opened: open(), damage: null },
  );
  if (damage) {
    env?.log.error({ code: damage.code, error: damage }, "Records were damaged and begin anew");
    env?.onDamage?.(damage);
  }
  const prepared = prepareAll(database);
  const writing = each(({ name, writes }) =>
    writes((body) => guard(() => transaction(database, () => body(prepared[name])))),
  ) as Omit<RecordsWriter, keyof RecordsReader>;
  return {
    ...readingFrom(() => ({ prepared }), guard),
    ...writing,
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

/** Opens the records beside their writer. Works before the file exists: everything is empty then. */
export async function openRecordsReader(file: string): Promise<RecordsReader> {
  const reader = new ReaderFile(file, recordsFormat, (database) => ({ database, prepared: prepareAll(database) }));
  return {
    ...readingFrom(() => reader.current(), guarded(file)),
    [Symbol.asyncDispose]: async () => reader[Symbol.dispose](),
  };
}

type FamilyName = keyof typeof families;
type AnySql = Readonly<Record<string, string>>;
type Prepared = Readonly<Record<FamilyName, Statements<AnySql>>>;
type NamedFamily = Family<AnySql, object, object> & { readonly name: FamilyName };

/** What `make` makes of every family, as one object: `port.ts` names what that is, for their method names differ. */
function each(make: (named: NamedFamily) => object): object {
  const named = Object.entries(families).map(([name, family]) => ({ ...family, name }) as unknown as NamedFamily);
  return Object.assign({}, ...named.map(make));
}

const prepareAll = (database: Database): Prepared =>
  each(({ name, sql }) => ({
    [name]: Object.fromEntries(Object.entries(sql).map(([key, text]) => [key, database.prepare(text)])),
  })) as Prepared;

type Guard = <Result>(body: () => Result) => Result;

const guarded =
  (file: string, onDamage?: (error: CodedError) => void): Guard =>
  (body) => {
    try {
      return body();
    } catch (thrown) {
      const error = storeError(thrown, file);
      if (error.code === "DAMAGED") onDamage?.(error);
      throw error;
    }
  };

function readingFrom(
  current: () => { readonly prepared: Prepared } | undefined,
  guard: Guard,
): Omit<RecordsReader, symbol> {
  return each(({ name, reads }) =>
    reads((query) =>
      guard((): readonly Row[] => {
        const open = current();
        return open ? query(open.prepared[name]) : [];
      }),
    ),
  ) as Omit<RecordsReader, symbol>;
}
