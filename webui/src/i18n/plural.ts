/** Russian: 1 код, 2 кода, 5 кодов, 11 кодов, 21 код. */
export function russian(n: number, one: string, few: string, many: string): string {
  const last = n % 10;
  const teens = n % 100 >= 11 && n % 100 <= 14;
  if (!teens && last === 1) return `${n} ${one}`;
  if (!teens && last >= 2 && last <= 4) return `${n} ${few}`;
  return `${n} ${many}`;
}

/** English: 1 code, 2 codes. Kazakh needs neither: a noun after a number stays singular. */
export function english(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
