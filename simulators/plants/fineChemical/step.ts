import { stepIncident } from "../../physics/incident.ts";
import { type Machine, stepMachine } from "../../physics/machine.ts";
import { stepMains } from "../../physics/mains.ts";
import type { Random } from "../../physics/random.ts";
import { advance, type RunState } from "../../physics/recipe.ts";
import { stepReactor } from "./reactor.ts";
import { recipe, runStateIn, setpointC } from "./recipe.ts";
import { type FineChemical, type MachineName, ratedKW, troubles } from "./state.ts";
import {
  stepCentrifuge,
  stepCondenser,
  stepDosing,
  stepGasCloud,
  stepScrubber,
  stepUtilities,
} from "./surroundings.ts";
import { stepThermostat } from "./thermostat.ts";

/** The line `dtS` seconds later. Every part sees the others as they were. */
export function stepFineChemical(was: FineChemical, dtS: number, random: Random): FineChemical {
  const incidents = stepIncidents(was, dtS, random);
  const tripped = incidents.trip.leftS > 0;
  // A tripped stirrer holds the recipe where it is.
  const progress = tripped ? was.progress : advance(recipe, was.progress, dtS);
  const { phase } = progress;
  const state = (name: MachineName): RunState => (tripped && name === "reactor" ? "fault" : runStateIn[name][phase]);
  const running = (name: MachineName): boolean => state(name) === "running";

  const dosing = stepDosing(was.dosing, running("dosing") && !tripped, phase === "idle", dtS);
  const reactor = stepReactor(
    was.reactor,
    {
      phase: tripped ? "react" : phase,
      jacketC: was.thermostat.jacketC,
      dosingKgPerS: dosing.kgPerS,
      stirrerOn: phase !== "idle" && !tripped,
    },
    dtS,
  );
  const toReactorKW = 0.35 * Math.min(1, was.reactor.massKg / 4) * (was.thermostat.jacketC - was.reactor.temperatureC);
  const thermostat = stepThermostat(
    was.thermostat,
    { temperatureC: was.reactor.temperatureC, setpointC: setpointC[phase], toReactorKW },
    running("thermostat"),
    incidents.cooling.leftS > 0,
    dtS,
  );
  const leakShare = incidents.leak.leftS > 0 ? incidents.leak.strength : 0;
  const drained = reactor.dischargedKg - was.reactor.dischargedKg;
  const mainsV = stepMains(was.mainsV, dtS, random);
  const loads = loadsKW(was, running);
  const machine = (name: MachineName): Machine =>
    stepMachine(was.machines[name], state(name), loads[name], ratedKW[name], mainsV, dtS);

  return {
    progress,
    mainsV,
    incidents,
    reactor,
    thermostat,
    dosing,
    condenser: stepCondenser(was.condenser, running("condenser"), reactor.temperatureC, dtS),
    scrubber: stepScrubber(was.scrubber, running("scrubber"), reactor.ventMolPerS, leakShare, dtS),
    // Four tenths of what leaves the reactor is filtered, the rest is mother liquor.
    centrifuge: stepCentrifuge(
      was.centrifuge,
      running("centrifuge"),
      phase === "discharge" ? (0.4 * drained) / dtS : 0,
      dtS,
    ),
    utilities: stepUtilities(was.utilities, airUse(phase === "discharge", running), reactor.nitrogenMolPerS, dtS),
    gas: stepGasCloud(was.gas, incidents.leak, dtS),
    machines: {
      reactor: machine("reactor"),
      dosing: machine("dosing"),
      thermostat: machine("thermostat"),
      condenser: machine("condenser"),
      scrubber: machine("scrubber"),
      centrifuge: machine("centrifuge"),
      utilities: machine("utilities"),
    },
  };
}

function stepIncidents(was: FineChemical, dtS: number, random: Random): FineChemical["incidents"] {
  const { incidents, progress } = was;
  const dosing = progress.phase === "dose";
  return {
    leak: stepIncident(troubles.leak, incidents.leak, progress.phase !== "idle", dtS, random),
    cooling: stepIncident(troubles.cooling, incidents.cooling, dosing, dtS, random),
    trip: stepIncident(troubles.trip, incidents.trip, was.machines.reactor.state === "running", dtS, random),
    detector: stepIncident(troubles.detector, incidents.detector, incidents.leak.leftS === 0, dtS, random),
  };
}

/** What each machine draws beyond its standby, from what it does. */
function loadsKW(was: FineChemical, running: (name: MachineName) => boolean): Readonly<Record<MachineName, number>> {
  const share = (rpm: number, of: number) => (rpm / of) ** 3;
  return {
    // Stirring power grows with speed cubed and with the contents' density.
    reactor: 0.6 * share(was.reactor.stirrerRpm, 320) * (0.4 + was.reactor.massKg / 8),
    dosing: 0.02 * was.dosing.pumpBar + 8 * was.dosing.kgPerS,
    thermostat: was.thermostat.heaterKW + 0.01 * was.thermostat.flowLPerMin + was.thermostat.coolingKW / 3.2,
    condenser: running("condenser") ? 0.9 + 0.01 * was.condenser.vapourC : 0,
    scrubber: 1.8 * share(was.scrubber.fanRpm, 1_450),
    centrifuge:
      1.4 * share(was.centrifuge.rpm, 1_200) + (was.centrifuge.rpm > 0 && was.centrifuge.rpm < 1_190 ? 1.2 : 0),
    utilities: was.utilities.loaded ? 4.6 : 1.2,
  };
}

const airUse = (blowing: boolean, running: (name: MachineName) => boolean): number =>
  8 + (running("dosing") ? 3 : 0) + (running("centrifuge") ? 5 : 0) + (blowing ? 12 : 0);
