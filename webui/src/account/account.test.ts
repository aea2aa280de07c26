import { expect, test } from "vitest";
import { parsePasskeys, parseScreen, parseSessions } from "./api";

test("what is no passkey is left out", () => {
  const text = { id: "a", name: "Phone", created_at: "2026-11-22T10:00:00Z", used_at: "2026-11-22T10:00:00Z" };
  expect(parsePasskeys({ passkeys: [text, null, 5] })).toEqual([
    { id: "a", name: "Phone", createdAt: "2026-11-22T10:00:00Z", usedAt: "2026-11-22T10:00:00Z" },
  ]);
  expect(parsePasskeys(null)).toEqual([]);
});

test("a session of an unknown way is still a session", () => {
  const [one] = parseSessions({ sessions: [{ id: "s", way: "magic", client: { browser: "Chrome, Android" } }] });
  expect(one).toMatchObject({ id: "s", way: "other", current: false, client: { address: "", browser: "Chrome, Android" } });
});

test("a screen of another shape is an empty one", () => {
  expect(parseScreen([])).toEqual({ name: "", client: { address: "", browser: "" }, askedAt: "", maxHours: 0 });
});
