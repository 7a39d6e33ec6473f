import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { loadPlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { changesOf } from "#shared/plant/watch.ts";
import type { RunningGateway } from "./gateway.ts";

/** Which plant file the gateway runs by, and what was wrong with a newer one. */
export interface PlantNote {
  readonly file: string;
  readonly loadedAt: EpochMs;
  /** Why the file as it is now was refused; null where it is the one that runs. */
  readonly refused: string | null;
}

export interface Reloader {
  readonly note: PlantNote;
  /** Reads the plant again, now. A plant that is not valid is refused with its errors, and the old one stays. */
  reload(): Promise<void>;
  /** Reloads whenever the plant file or a template file that it names changes; returns when `signal` aborts. */
  watch(signal: AbortSignal): Promise<void>;
}

/** What the running plant was loaded from, and what of it cannot change. */
export interface ReloadSubject {
  readonly file: string;
  readonly templateFiles: readonly string[];
  readonly id: string;
  readonly platform: string;
}

export function createReloader(
  { file, templateFiles, id, platform }: ReloadSubject,
  gateway: Pick<RunningGateway, "reload">,
  { clock, log, env }: { readonly clock: Clock; readonly log: Log; readonly env: NodeJS.ProcessEnv },
): Reloader {
  let note: PlantNote = { file, loadedAt: clock.now(), refused: null };
  let files: readonly string[] = [file, ...templateFiles];
  const reload = async () => {
    const named = new Set<string>();
    try {
      const plant = await loadPlant(file, env, (templateFile) => named.add(templateFile)).finally(() => {
        files = [file, ...named];
      });
      refuseStranger(plant, file, id, platform);
      const change = await gateway.reload(plant);
      note = { file, loadedAt: clock.now(), refused: null };
      log.info({ ...change, file }, "The new plant model is in force");
    } catch (error) {
      const refused = error instanceof CodedError ? error.detail : messageOf(error);
      note = { ...note, refused };
      log.error({ file, error: refused }, "The new plant model is refused; the old one stays in force");
    }
  };
  return {
    get note() {
      return note;
    },
    reload,
    watch: async (signal) => {
      for await (const _ of changesOf(() => files, clock, signal)) await reload();
    },
  };
}

/** Platform and gateway are names on the wire: they cannot change under a session. */
function refuseStranger(plant: Plant, file: string, id: string, platform: string): void {
  if (plant.platform.id !== platform) {
    const what = `${file} is of platform \`${plant.platform.id}\`, this gateway runs for \`${platform}\``;
    throw new CodedError("CONFIG", `${what}: restart it to change that.`);
  }
  if (!plant.gateways.some((gateway) => gateway.id === id)) {
    throw new CodedError("CONFIG", `${file} has no gateway \`${id}\` any more: stop this process if that is meant.`);
  }
}
