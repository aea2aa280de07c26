// The four sounds of a verdict (made here, no files). Colour, shape, word and sound together: a gate is loud and
// half of the people at it look elsewhere.

import type { Tone } from "./model/screen";
import { sound } from "./settings";

interface Beep {
  from: number;
  to: number;
  ms: number;
  times: number;
}

/** Frequencies in Hz, lengths in milliseconds. */
export const beeps: Record<Tone, Beep> = {
  admit: { from: 880, to: 1320, ms: 90, times: 1 },
  deny: { from: 220, to: 220, ms: 140, times: 2 },
  hold: { from: 440, to: 440, ms: 200, times: 1 },
  info: { from: 660, to: 660, ms: 60, times: 1 },
};

const gapMs = 70;
const loudness = 0.35;
let context: AudioContext | null = null;

/** Wakes the sound up; browsers allow that only from a tap or a key. */
export function unlockSound(): void {
  context ??= typeof AudioContext === "undefined" ? null : new AudioContext();
  void context?.resume().catch(() => undefined);
}

/** A short tick: something was read, and more is to come. */
export function tick(): void {
  if (sound.value === "off") return;
  navigator.vibrate?.(30);
  if (context?.state === "running") ring(context, { from: 1000, to: 1000, ms: 40, times: 1 }, context.currentTime);
}

/** Plays the tone's sound and, where the device can, vibrates: once to go, twice to stop. */
export function play(tone: Tone): void {
  if (sound.value === "off") return;
  const beep = beeps[tone];
  navigator.vibrate?.(Array.from({ length: beep.times * 2 - 1 }, (_, i) => (i % 2 ? gapMs : beep.ms)));
  if (!context || context.state !== "running") return;
  for (let i = 0; i < beep.times; i++) ring(context, beep, context.currentTime + (i * (beep.ms + gapMs)) / 1000);
}

function ring(audio: AudioContext, beep: Beep, at: number): void {
  const end = at + beep.ms / 1000;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = beep.from < 300 ? "square" : "sine"; // a low sine is lost on a phone's speaker
  source.frequency.setValueAtTime(beep.from, at);
  source.frequency.exponentialRampToValueAtTime(beep.to, end);
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(beep.from < 300 ? loudness / 2 : loudness, at + 0.008);
  volume.gain.setValueAtTime(beep.from < 300 ? loudness / 2 : loudness, end - 0.02);
  volume.gain.linearRampToValueAtTime(0, end);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(end);
}
