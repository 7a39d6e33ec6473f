/** Gas constant, J/(mol K). */
export const gasConstant = 8.314;
/** 0 °C in K. */
export const zeroCelsius = 273.15;
/** Standard atmosphere, bar. */
export const atmosphereBar = 1.013;
/** Specific heat of water, kJ/(kg K). */
export const waterHeat = 4.18;

/** Rate constant at `celsius` from the one at `atCelsius` (Arrhenius); `activation` in kJ/mol. */
export const arrhenius = (rate: number, atCelsius: number, activation: number, celsius: number): number =>
  rate *
  Math.exp(((-activation * 1_000) / gasConstant) * (1 / (celsius + zeroCelsius) - 1 / (atCelsius + zeroCelsius)));
