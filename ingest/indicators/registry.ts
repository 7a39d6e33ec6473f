import * as alarms from "./defined/alarms.ts";
import * as bookings from "./defined/bookings.ts";
import * as carbon from "./defined/carbon.ts";
import * as demand from "./defined/demand.ts";
import * as energyFigures from "./defined/energy.ts";
import * as environment from "./defined/environment.ts";
import * as hours from "./defined/hours.ts";
import * as iso22400 from "./defined/iso22400.ts";
import * as quality from "./defined/quality.ts";
import * as safety from "./defined/safety.ts";
import * as utilisationFigures from "./defined/utilisation.ts";
import type { FigureDefinition } from "./scope.ts";

/**
 * Every figure of the catalogue's table F that facts and records give, by a file per family. D-06 is made of the others,
 * D-07 and D-08 of the sealed assessments.
 */
export const figureDefinitions: readonly FigureDefinition[] = [
  utilisationFigures.timeModel,
  utilisationFigures.totalUtilisation,
  utilisationFigures.operationalUtilisation,
  utilisationFigures.channelUtilisation,
  utilisationFigures.operationalUptime,
  iso22400.allocationEfficiency,
  iso22400.utilisationEfficiency,
  iso22400.availability,
  iso22400.setupRatio,
  iso22400.technicalEfficiency,
  iso22400.effectiveness,
  iso22400.qualityRatio,
  iso22400.oeeIndex,
  iso22400.oeeOnTotalTime,
  iso22400.netEquipmentEffectiveness,
  hours.meanTimeBetweenFailures,
  hours.meanTimeToRepair,
  hours.effectiveMachineHours,
  hours.quotaHourUtilisation,
  hours.externalServiceHours,
  hours.sharingRate,
  bookings.bookingFulfilment,
  bookings.unbookedUse,
  bookings.noShowRate,
  hours.attribution,
  hours.openness,
  bookings.batchCompletion,
  utilisationFigures.valueWeighted,
  alarms.alarmRateFigure,
  alarms.windowsAbove,
  alarms.peakWindow,
  alarms.floodTime,
  alarms.staleAlarmFigure,
  alarms.chattering,
  alarms.topTen,
  alarms.priorities,
  alarms.acknowledgement,
  alarms.standing,
  alarms.suppression,
  safety.gasSetpointCompliance,
  safety.gasAlarmEvents,
  safety.safetySignalAvailability,
  safety.calibrationOnTime,
  safety.limitExcursions,
  safety.interlockBypass,
  safety.incidents,
  energyFigures.meteredEnergy,
  energyFigures.energyIntensity,
  energyFigures.nonProductiveEnergy,
  demand.baseLoadShare,
  energyFigures.comprehensiveEnergyFigure,
  carbon.gridCarbon,
  demand.peakDemandFigure,
  energyFigures.powerFactorFigure,
  energyFigures.timeOfUse,
  energyFigures.energyAgainstBaseline,
  environment.exhaust,
  environment.water,
  carbon.renewableShare,
  environment.hazardousWaste,
  quality.coverage,
  quality.timeliness,
  quality.validity,
  quality.clockSkew,
  quality.consistency,
];
