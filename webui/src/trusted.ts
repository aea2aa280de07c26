// The page's one Trusted Types policy. Scripts run only from our own origin: the address of a worker or of the
// service worker goes through scriptURL, everything else of that kind is refused by the browser.

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;

/** Name of the policy, as the Content-Security-Policy header must allow it. */
export const policyName = "vratar";

const policy = factory?.createPolicy(policyName, { createScriptURL: ownOrigin });

/** Blesses url for `new Worker` or `serviceWorker.register`; throws when it is not of our own origin. */
export function scriptURL(url: string | URL): string {
  const text = String(url);
  // The DOM typings take a string; at run time it is a TrustedScriptURL where the browser knows them.
  return policy ? (policy.createScriptURL(text) as string) : ownOrigin(text);
}

function ownOrigin(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError("script of another origin");
  return url;
}
