import { signal } from "@preact/signals";

/** Where the page is. The part after # never reaches the gateway or its log. */
export type Route =
  | { view: "home" }
  | { view: "scanner" }
  | { view: "live" }
  | { view: "overview" }
  | { view: "samples"; name: string } // name: the one shown large, empty for all
  | { view: "holder"; name: string } // name: the document whose code is shown, empty for all
  | { view: "account" }
  | { view: "mandates" }
  | { view: "team" }
  | { view: "pair"; code: string } // code: that pairs a device
  | { view: "approve"; code: string } // code: of the screen that asks to be signed in
  | { view: "openid"; answer: string } // answer: of a provider that sent the browser back
  | { view: "signin"; code: string }; // code: of the one-time link, empty to ask for it

/** Reads a location hash; an unknown one is home. */
export function parseRoute(hash: string): Route {
  const [head = "", ...rest] = hash.replace(/^#?\/?/, "").split("/");
  const tail = safeDecode(rest.join("/"));
  switch (head) {
    case "scanner":
      return { view: "scanner" };
    case "live":
      return { view: "live" };
    case "overview":
      return { view: "overview" };
    case "samples":
      return { view: "samples", name: tail };
    case "holder":
      return { view: "holder", name: tail };
    case "account":
      return { view: "account" };
    case "mandates":
      return { view: "mandates" };
    case "team":
      return { view: "team" };
    case "pair":
      return { view: "pair", code: tail };
    case "approve":
      return { view: "approve", code: tail };
    case "openid":
      return { view: "openid", answer: tail };
    case "signin":
      return { view: "signin", code: tail };
    default:
      return { view: "home" };
  }
}

/** The inverse of parseRoute. */
export function hashOf(route: Route): string {
  switch (route.view) {
    case "home":
      return "#/";
    case "scanner":
      return "#/scanner";
    case "live":
      return "#/live";
    case "overview":
      return "#/overview";
    case "samples":
      return route.name ? `#/samples/${encodeURIComponent(route.name)}` : "#/samples";
    case "holder":
      return route.name ? `#/holder/${encodeURIComponent(route.name)}` : "#/holder";
    case "account":
      return "#/account";
    case "mandates":
      return "#/mandates";
    case "team":
      return "#/team";
    case "pair":
      return route.code ? `#/pair/${encodeURIComponent(route.code)}` : "#/pair";
    case "approve":
      return route.code ? `#/approve/${encodeURIComponent(route.code)}` : "#/approve";
    case "openid":
      return route.answer ? `#/openid/${encodeURIComponent(route.answer)}` : "#/openid";
    case "signin":
      return route.code ? `#/signin/${encodeURIComponent(route.code)}` : "#/signin";
  }
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The current route. */
export const route = signal<Route>({ view: "home" });

/** Follows the location; returns the function that stops it. */
export function followLocation(): () => void {
  const read = () => {
    route.value = parseRoute(location.hash);
  };
  read();
  addEventListener("hashchange", read);
  return () => removeEventListener("hashchange", read);
}

/** Goes to a route; with replace the current one leaves no trace in the history (one-time codes). */
export function go(to: Route, replace = false): void {
  if (replace) history.replaceState(null, "", hashOf(to));
  else location.hash = hashOf(to);
  route.value = to;
}
