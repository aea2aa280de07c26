// The one Trusted Types policy of the page. The gateway's Content-Security-Policy names it (`trusted-types vratar`),
// so the name changes in both places or in none.

/** Name of the policy, as in the Content-Security-Policy header. */
export const POLICY = "vratar"

interface Policy {
  createScriptURL(url: string): string
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy
}

let policy: Policy | undefined

const sameOriginOnly: Policy = {
  createScriptURL(url) {
    const resolved = new URL(url, location.href)
    if (resolved.origin !== location.origin) throw new TypeError(`script from another origin: ${resolved.origin}`)
    return resolved.href
  },
}

/**
 * Makes a worker's or service worker's address acceptable under `require-trusted-types-for 'script'`.
 * Throws for another origin.
 */
export function scriptURL(url: string): string {
  if (!policy) {
    const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
    policy = factory ? factory.createPolicy(POLICY, sameOriginOnly) : sameOriginOnly
  }
  return policy.createScriptURL(url)
}
