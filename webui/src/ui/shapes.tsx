import type { Tone } from "../model/screen";

/** The four shapes of a verdict, told apart without colour: circle, octagon, triangle, square. */
export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg class={`shape shape-${tone}`} viewBox="0 0 96 96" aria-hidden="true" focusable="false">
      <path class="shape-body" d={bodies[tone]} />
      <path class="shape-mark" d={marks[tone]} />
    </svg>
  );
}

const bodies: Record<Tone, string> = {
  admit: "M48 4a44 44 0 1 1 0 88a44 44 0 1 1 0-88z",
  deny: "M31 6h34a4 4 0 0 1 2.8 1.2l21 21A4 4 0 0 1 90 31v34a4 4 0 0 1-1.2 2.8l-21 21A4 4 0 0 1 65 90H31a4 4 0 0 1-2.8-1.2l-21-21A4 4 0 0 1 6 65V31a4 4 0 0 1 1.2-2.8l21-21A4 4 0 0 1 31 6z",
  hold: "M42.8 9a6 6 0 0 1 10.4 0l38 69a6 6 0 0 1-5.2 9H10a6 6 0 0 1-5.2-9z",
  info: "M18 8h60a10 10 0 0 1 10 10v60a10 10 0 0 1-10 10H18A10 10 0 0 1 8 78V18A10 10 0 0 1 18 8z",
};

const marks: Record<Tone, string> = {
  admit: "M28 49l14 14 27-29",
  deny: "M33 33l30 30M63 33l-30 30",
  hold: "M48 34v24M48 72v.01",
  info: "M48 44v26M48 28v.01",
};
