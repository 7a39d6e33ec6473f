import { alarmClients } from "./alarmClients.ts";
import { alarmJournal } from "./alarmJournal.ts";
import { alarmLatency } from "./alarmLatency.ts";
import { alarms } from "./alarms.ts";
import { clients } from "./clients.ts";
import { codec } from "./codec.ts";
import type { Benchmark } from "./figure.ts";
import { figuresYear } from "./figuresYear.ts";
import { firstValue } from "./firstValue.ts";
import { gatewayModbus } from "./gatewayModbus.ts";
import { gatewayOpcua } from "./gatewayOpcua.ts";
import { ingest } from "./ingest.ts";
import { latency } from "./latency.ts";
import { liveCharts } from "./liveCharts.ts";
import { memory } from "./memory.ts";
import { modbusPlans } from "./modbusPlans.ts";
import { modbusReads } from "./modbusReads.ts";
import { scale } from "./scale.ts";
import { store } from "./store.ts";
import { storeDay } from "./storeDay.ts";
import { wireInflux } from "./wireInflux.ts";

/** Every benchmark by the name that `npm run bench -- <name>` takes. */
export const benchmarks = {
  alarms,
  alarmClients,
  alarmJournal,
  alarmLatency,
  clients,
  codec,
  store,
  storeDay,
  figuresYear,
  firstValue,
  ingest,
  gatewayOpcua,
  gatewayModbus,
  latency,
  liveCharts,
  memory,
  modbusPlans,
  modbusReads,
  scale,
  wireInflux,
} satisfies Record<string, Benchmark>;
