/** Of the size of a double's last bits, which sums of decimal fractions may miss. */
const noise = 1e-12;

/** `value ≥ threshold`, where sums of decimal fractions do not miss an exact threshold by their last bit. */
export const isAtLeast = (value: number, threshold: number): boolean =>
  value >= threshold - noise * Math.max(1, Math.abs(threshold));

/** `value ≤ threshold`, in the same way. */
export const isAtMost = (value: number, threshold: number): boolean => isAtLeast(-value, -threshold);
