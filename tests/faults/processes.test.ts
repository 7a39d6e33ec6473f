// Group A of the fault matrix: processes that die, freeze and stop.
import * as alarmKills from "./experiments/alarmKills.ts";
import * as kills from "./experiments/kills.ts";
import * as stops from "./experiments/stops.ts";
import { experiments } from "./registry.ts";
import { checkAll } from "./tier1.ts";

const group: readonly unknown[] = [alarmKills, kills, stops].flatMap((file) => Object.values<unknown>(file));
checkAll(Object.entries(experiments).filter(([, experiment]) => group.includes(experiment)));
