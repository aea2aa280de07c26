// Dates, ages and numbers in words. Months come from our own tables: Chromium prints Kazakh dates as "M01".

import type { Dictionary } from "./i18n/dictionary";

const two = (n: number): string => String(n).padStart(2, "0");

/** 14:02:33, or 14:02 without seconds, local time; empty for what is not a time. */
export function clock(at: string | number | Date, seconds = true): string {
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return "";
  return `${two(d.getHours())}:${two(d.getMinutes())}${seconds ? `:${two(d.getSeconds())}` : ""}`;
}

/** 12 May 2027. Given a full-date (no time of day), it is that day everywhere. */
export function date(t: Dictionary, at: string): string {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(at);
  if (day) return t.date(Number(day[3]), t.months[Number(day[2]) - 1] ?? "", Number(day[1]));
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return at;
  return t.date(d.getDate(), t.months[d.getMonth()] ?? "", d.getFullYear());
}

/** The date, with the time of day when it is near enough to matter (two days either way). */
export function term(t: Dictionary, at: string, now: number): string {
  const ms = Date.parse(at);
  const near = Math.abs(ms - now) < 2 * 86_400_000;
  return near && at.includes("T") ? `${date(t, at)}, ${clock(at, false)}` : date(t, at);
}

/** Date and time, for the details. */
export function moment(t: Dictionary, at: string): string {
  return `${date(t, at)}, ${clock(at)}`;
}

/** "3 min", "2 h": how long ago, coarse on purpose. */
export function age(t: Dictionary, seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t.age.seconds(s);
  if (s < 3600) return t.age.minutes(Math.round(s / 60));
  if (s < 2 * 86_400) return t.age.hours(Math.round(s / 3600));
  return t.age.days(Math.round(s / 86_400));
}

/** "3 min ago"; "now" within two seconds. */
export function ago(t: Dictionary, at: string, now: number): string {
  const s = (now - Date.parse(at)) / 1000;
  return s < 2 ? t.age.now : t.age.ago(age(t, s));
}

/** 12 345 with thin spaces, the same in every language. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
