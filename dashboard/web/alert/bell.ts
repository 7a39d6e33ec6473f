import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { Bell } from "./alarmCaller.ts";

/** Beeps: how many, how high, how long. Told apart by number, not by pitch alone. */
const beeps: Readonly<
  Record<AlarmPriority, { readonly count: number; readonly hertz: number; readonly seconds: number }>
> = {
  critical: { count: 5, hertz: 988, seconds: 0.12 },
  high: { count: 3, hertz: 784, seconds: 0.16 },
  medium: { count: 2, hertz: 587, seconds: 0.2 },
  low: { count: 1, hertz: 440, seconds: 0.25 },
};
const volume = 0.25;
/** Begins and ends softly, so that it does not click. */
const rampSeconds = 0.015;

/** Tones made by the browser; nothing is loaded. */
export function createBell(makeContext: () => AudioContext): Bell {
  const held: { context?: AudioContext } = {};
  return {
    isReady: () => held.context?.state === "running",
    unlock: async () => {
      held.context ??= makeContext();
      await held.context.resume();
    },
    ring: (priority) => {
      const { context } = held;
      if (context?.state !== "running") return;
      const { count, hertz, seconds } = beeps[priority];
      for (let i = 0; i < count; i += 1) beep(context, hertz, context.currentTime + i * seconds * 1.6, seconds);
    },
  };
}

function beep(context: AudioContext, hertz: number, from: number, seconds: number): void {
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(volume, from + rampSeconds);
  gain.gain.setValueAtTime(volume, from + seconds - rampSeconds);
  gain.gain.linearRampToValueAtTime(0, from + seconds);
  tone.connect(gain).connect(context.destination);
  tone.start(from);
  tone.stop(from + seconds);
}
