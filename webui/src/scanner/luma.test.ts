import { expect, test } from "vitest";
import { greyOf, LumaSource } from "./luma";

/** A camera frame as the browser hands it over: planes one after the other, rows perhaps padded. */
function frame(format: string, stride: number): VideoFrame {
  const rows = [1, 2, 3, 4, 5, 6].map((v) => v * 10);
  return {
    format,
    visibleRect: { width: 3, height: 2 },
    allocationSize: () => stride * 2 + 4,
    copyTo: async (to: Uint8Array) => {
      to.fill(255);
      to.set(rows.slice(0, 3), 0);
      to.set(rows.slice(3), stride);
      return [{ offset: 0, stride }];
    },
  } as unknown as VideoFrame;
}

test.each(["I420", "NV12", "I422", "I444"])("%s: the first plane is the grey picture", async (format) => {
  const source = new LumaSource();
  for (const stride of [3, 8, 3]) {
    const { data, width, height } = await source.from(frame(format, stride));
    expect([width, height, ...data]).toEqual([3, 2, 10, 20, 30, 40, 50, 60]);
  }
});

test("brightness of colours", () => {
  const grey = new Uint8Array(5);
  const colours = [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ];
  greyOf(Uint8ClampedArray.from(colours.flatMap((c) => [...c, 255])), grey);
  expect([...grey]).toEqual([0, 255, 76, 150, 29]);
});
