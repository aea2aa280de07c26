// The page's one Trusted Types policy. Scripts run only from our own origin: the address of a worker or of the
// service worker goes through scriptURL, everything else of that kind is refused by the browser.

interface Rules {
  createScriptURL(url: string): string;
}

interface Factory {
  createPolicy(name: string, rules: Rules): Rules;
}

/** Name of the policy, as the gateway's Content-Security-Policy header allows it (`trusted-types vratar`). */
export const policyName = "vratar";

const rules: Rules = { createScriptURL: ownOrigin };
const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy(policyName, rules) ?? rules;

/** Blesses a url for `new Worker` or `serviceWorker.register`; throws when it is not of our own origin. */
export function scriptURL(url: string | URL): string {
  return policy.createScriptURL(String(url));
}

function ownOrigin(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError("script of another origin");
  return url;
}
