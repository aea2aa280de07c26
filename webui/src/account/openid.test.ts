import { expect, test } from "vitest";
import { parseAnswer, parseLogins, parseProviders, webAddress } from "./openid";

test("a provider without an id is none", () => {
  expect(parseProviders({ providers: [{ id: "corp" }, { name: "x" }, null, 5] })).toEqual([{ id: "corp", name: "corp" }]);
  expect(parseProviders([])).toEqual([]);
});

test("the answer in the address", () => {
  expect(parseAnswer("code=a%2Bb&iss=https%3A%2F%2Fa.example&state=s")).toEqual({
    links: false,
    cancelled: false,
    body: { state: "s", code: "a+b", iss: "https://a.example" },
  });
  expect(parseAnswer("error=access_denied&state=s&for=account")).toMatchObject({ links: true, cancelled: true });
  expect(parseAnswer("").body).toEqual({ state: "" });
});

test("nobody is sent to a script", () => {
  expect(webAddress("javascript:alert(1)")).toBe("");
  expect(webAddress("data:text/html,x")).toBe("");
  expect(webAddress("https://login.example.kz/auth")).toBe("https://login.example.kz/auth");
  const from = { id: "a", name: "A", sign_out: "javascript:alert(1)" };
  expect(parseLogins({ logins: [], signed_in: from })).toEqual({ logins: [], signedIn: { name: "A", signOut: "" } });
});

test("logins of another shape are none", () => {
  expect(parseLogins({ logins: [7, { provider: "corp" }] })).toEqual({
    logins: [{ provider: "corp", name: "corp", createdAt: "", usedAt: "" }],
    signedIn: null,
  });
});
