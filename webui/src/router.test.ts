import { expect, test } from "vitest";
import { hashOf, parseRoute, type Route } from "./router";

test("a route survives its own address", () => {
  const routes: Route[] = [
    { view: "home" },
    { view: "scanner" },
    { view: "live" },
    { view: "samples", name: "" },
    { view: "samples", name: "a b/ö" },
    { view: "account" },
    { view: "team" },
    { view: "pair", code: "AB12-CD34" },
    { view: "approve", code: "AB12-CD34" },
    { view: "openid", answer: "" },
    { view: "openid", answer: "code=a%2Bb&state=s" },
    { view: "signin", code: "" },
    { view: "signin", code: "Zx-9_w" },
  ];
  for (const r of routes) expect(parseRoute(hashOf(r)), hashOf(r)).toEqual(r);
});

test("an unknown address is home, a broken one does not throw", () => {
  expect(parseRoute("")).toEqual({ view: "home" });
  expect(parseRoute("#/nowhere")).toEqual({ view: "home" });
  expect(parseRoute("#/signin/%zz")).toEqual({ view: "signin", code: "%zz" });
});
