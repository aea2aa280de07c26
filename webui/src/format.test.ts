import { expect, test } from "vitest";
import { age, ago, clock, count, date, term } from "./format";
import { dictionaries } from "./i18n";

const { ru, kk, en } = dictionaries;

test("dates come from our own months", () => {
  expect(date(ru, "2027-05-12")).toBe("12 мая 2027");
  expect(date(kk, "2027-05-12")).toBe("2027 ж. 12 мамыр");
  expect(date(en, "2027-05-12")).toBe("12 May 2027");
  expect(date(en, "soon")).toBe("soon");
});

test("a full date is that day in every time zone", () => {
  expect(date(en, "1964-08-12")).toBe("12 August 1964");
});

test("the time of day is told only when it is near", () => {
  const at = new Date(2027, 4, 12, 14, 5, 9).toISOString();
  expect(term(en, at, Date.parse(at) - 3_600_000)).toBe("12 May 2027, 14:05");
  expect(term(en, at, Date.parse(at) - 30 * 86_400_000)).toBe("12 May 2027");
  expect(clock(at)).toBe("14:05:09");
  expect(clock("never")).toBe("");
});

test("ages are coarse", () => {
  expect([0, 59, 60, 3599, 3600, 86_400, 3 * 86_400].map((s) => age(en, s))).toEqual([
    "0 s",
    "59 s",
    "1 min",
    "60 min",
    "1 h",
    "24 h",
    "3 days",
  ]);
  expect(age(ru, 3 * 86_400)).toBe("3 дня");
  expect(age(kk, 7200)).toBe("2 сағ");
  expect(ago(ru, new Date(1000).toISOString(), 2000)).toBe("сейчас");
  expect(ago(ru, new Date(0).toISOString(), 180_000)).toBe("3 мин назад");
});

test("numbers are grouped alike", () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(["0", "999", "1\u202f000", "1\u202f234\u202f567"]);
});
