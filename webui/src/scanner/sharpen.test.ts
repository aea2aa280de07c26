import { expect, test } from "vitest";
import { Sharpener } from "./sharpen";

const picture = (data: number[], width: number) => ({
  data: Uint8Array.from(data),
  width,
  height: data.length / width,
});
const mild = { radius: 1, amount: 3 };

test("an even grey stays what it is", () => {
  for (const grey of [0, 1, 127, 254, 255]) {
    const even = picture(new Array(15 * 9).fill(grey), 15);
    for (const sharpness of [mild, { radius: 2, amount: 2 }]) {
      expect(new Set(new Sharpener().sharpen(even, sharpness).data)).toEqual(new Set([grey]));
    }
  }
});

test("a soft edge becomes steeper and never wraps round", () => {
  const row = [40, 40, 40, 80, 120, 160, 200, 200, 200];
  const sharp = new Sharpener().sharpen(picture([...row, ...row, ...row], 9), mild).data.subarray(9, 18);
  expect(sharp[5]! - sharp[3]!).toBeGreaterThan(80);
  expect(sharp[2]!).toBeLessThan(40);
  expect(sharp[6]!).toBeGreaterThan(200);
});

test("pictures of another size, and the input untouched", () => {
  const sharpener = new Sharpener();
  sharpener.sharpen(picture(new Array(64).fill(9), 8), mild);
  const given = picture([0, 255, 0, 255, 0, 255], 3);
  expect(sharpener.sharpen(given, mild).data.length).toBe(6);
  expect([...given.data]).toEqual([0, 255, 0, 255, 0, 255]);
});
