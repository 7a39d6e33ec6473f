export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** First-order lag towards `target` with time constant `tauS`; exact for any step. */
export const lag = (value: number, target: number, tauS: number, dtS: number): number =>
  target + (value - target) * Math.exp(-dtS / tauS);

/** Towards `target` at no more than `perS` units a second. */
export const ramp = (value: number, target: number, perS: number, dtS: number): number =>
  clamp(target, value - perS * dtS, value + perS * dtS);

/** Proportional-integral controller without wind-up: the integral stands still while the output is at a limit. */
export interface Controller {
  readonly gain: number;
  readonly integralTimeS: number;
  readonly low: number;
  readonly high: number;
}

export interface Control {
  readonly output: number;
  readonly integral: number;
}

export function control(of: Controller, was: Control, error: number, dtS: number): Control {
  const integral = was.integral + (of.gain * error * dtS) / of.integralTimeS;
  const wanted = of.gain * error + integral;
  const output = clamp(wanted, of.low, of.high);
  const windsUp = (wanted > of.high && error > 0) || (wanted < of.low && error < 0);
  return { output, integral: windsUp ? was.integral : clamp(integral, of.low, of.high) };
}
