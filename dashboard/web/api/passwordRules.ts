/** Lengths that the server demands, in characters; said before it has to refuse. */
export const passwordLength = { min: 12, max: 256 } as const;

export type PasswordFault = "needed" | "short" | "long" | "same" | "differs";

/** What is wrong with a wish for a new password before anybody is asked; null where nothing is. */
export function faultOf(current: string, next: string, repeated: string): PasswordFault | null {
  if (current === "" || next === "") return "needed";
  if (next.length < passwordLength.min) return "short";
  if (next.length > passwordLength.max) return "long";
  if (next === current) return "same";
  return next === repeated ? null : "differs";
}
