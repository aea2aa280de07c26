import { afterEach, expect, test, vi } from "vitest";
import { RequestFailed } from "../api";
import {
  faultOfPending,
  faultOfQuestion,
  faultOfTry,
  keepPending,
  keptPending,
  maxWrong,
  parsePending,
  parseWays,
  readClaim,
  readCode,
  readPhone,
  type CodeWays,
} from "./code";

const all: CodeWays = { email: true, phone: true, inn: true };
const failed = (status: number, retryAfterS = 0) => new RequestFailed(status, "", "", retryAfterS);

test("codes are offered where they go somewhere", () => {
  expect(parseWays({ codes: { email: true, phone: false, inn: true } })).toEqual({ email: true, phone: false, inn: true });
  expect(parseWays({ codes: { email: false, phone: false, inn: true } })).toBeNull();
  expect(parseWays({ codes: null })).toBeNull();
  expect(parseWays(null)).toBeNull();
});

test("what is typed in becomes a question", () => {
  const inn = "500100732259";
  expect(readClaim("5001 0073 2259", " anna@example.kz ", all)).toEqual({ inn, email: "anna@example.kz" });
  expect(readClaim(inn, "8 (701) 123-45-67", all)).toEqual({ inn, phone: "+77011234567" });
  expect(readClaim("", "anna@example.kz", { ...all, inn: false })).toEqual({ email: "anna@example.kz" });
  expect(readClaim("5001", "anna@example.kz", all)).toBeNull();
  expect(readClaim(inn, "anna", all)).toBeNull();
  expect(readClaim(inn, "anna@", all)).toBeNull();
  expect(readClaim(inn, "anna@example.kz", { ...all, email: false })).toBeNull();
  expect(readClaim(inn, "+77011234567", { ...all, phone: false })).toBeNull();
});

test("phones are read as people write them", () => {
  for (const text of ["+7 701 123 45 67", "8 701 123-45-67", "7(701)1234567", "007 701 1234567", "+7\u2013701\u20131234567"])
    expect(readPhone(text), text).toBe("+77011234567");
  expect(readPhone("+998 90 123 45 67")).toBe("+998901234567");
  for (const text of ["", "701", "+0123456789", "+7701123456x", "1".repeat(20)]) expect(readPhone(text), text).toBe("");
});

test("a code is found in what was pasted", () => {
  for (const text of ["123456", " 123 456 ", "123-456", "Vratar: sign-in code 123456. Tell it to nobody."])
    expect(readCode(text), text).toBe("123456");
  for (const text of ["", "12345", "1234567", "code"]) expect(readCode(text), text).toBe("");
});

test("times count by differences: the device's clock may be wrong", () => {
  const answer = { expires_at: "2026-11-22T10:05:00Z", resend_at: "2026-11-22T10:01:00Z" };
  expect(parsePending(answer, "a@b", 1000)).toEqual({ to: "a@b", expires: 301_000, resend: 61_000, wrong: 0 });
  expect(parsePending(null, "", 1000)).toEqual({ to: "", expires: 301_000, resend: 61_000, wrong: 0 });
});

test("what a refused question means", () => {
  expect(faultOfQuestion(failed(0))).toBe("unreachable");
  expect(faultOfQuestion(failed(422))).toBe("details");
  expect(faultOfQuestion(failed(429, 42))).toEqual({ waitS: 42 });
  expect(faultOfQuestion(failed(503))).toBe("busy");
  expect(faultOfQuestion(new Error())).toBe("unreachable");
});

test("wrong codes are counted until the code is void", () => {
  let pending = { to: "", expires: 1000, resend: 0, wrong: 0 };
  for (let i = 1; i < maxWrong; i++) {
    const after = faultOfTry(failed(401), pending, 0);
    expect(after.fault).toBe("wrong");
    pending = after.pending;
  }
  expect(faultOfTry(failed(429, 60), pending, 0)).toEqual({ fault: { waitS: 60 }, pending });
  expect(faultOfTry(failed(0), pending, 0)).toEqual({ fault: "unreachable", pending });
  expect(faultOfTry(failed(503), pending, 0)).toEqual({ fault: "busy", pending });
  const last = faultOfTry(failed(401), pending, 0);
  expect(last.fault).toBe("burnt");
  expect(faultOfPending(last.pending, 0)).toBe("burnt");
  expect(faultOfPending(pending, 999)).toBeNull();
  expect(faultOfPending(pending, 1000)).toBe("expired");
  expect(faultOfTry(failed(401), pending, 1000).fault).toBe("burnt");
  expect(faultOfTry(failed(401), { ...pending, wrong: 0 }, 1000).fault).toBe("expired");
});

afterEach(() => vi.unstubAllGlobals());

test("a code under way outlives the page, its address does not", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => kept.set(k, v),
    removeItem: (k: string) => kept.delete(k),
  });
  expect(keptPending(0)).toBeNull();
  keepPending({ to: "anna@example.kz", expires: 1000, resend: 500, wrong: 1 });
  expect([...kept.values()].join()).not.toContain("anna");
  expect(keptPending(999)).toEqual({ to: "", expires: 1000, resend: 500, wrong: 1 });
  expect(keptPending(1000)).toBeNull();
  kept.set("vratar.code", '{"expires":1e99}');
  expect(keptPending(0)).toBeNull();
  kept.set("vratar.code", "{");
  expect(keptPending(0)).toBeNull();
  keepPending(null);
  expect(kept.size).toBe(0);
});

test("a browser that keeps nothing does not break the page", () => {
  keepPending({ to: "", expires: 1000, resend: 0, wrong: 0 }); // there is no sessionStorage here
  expect(keptPending(0)).toBeNull();
});
