import { join } from "node:path";
import { describe } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { millis } from "#shared/model/time.ts";
import { type EmbeddedTuning, openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { type StoreUnderTest, sampleStoreContract } from "../contracts/sampleStore.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const embedded = (tuning: Partial<EmbeddedTuning>) => async (): Promise<StoreUnderTest> => {
  const folder = await temporaryFolder();
  const options = { file: join(folder.path, "history.db"), clock: systemClock, log: silentLog };
  return {
    openWriter: () => openEmbeddedWriter(options, { groupWait: millis(1), ...tuning }),
    openReader: () => openEmbeddedReader(options),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
};

describe("embedded store, samples in the hot log", () => sampleStoreContract(embedded({})));
describe("embedded store, sealed after every commit", () => sampleStoreContract(embedded({ maxHotPoints: 0 })));
