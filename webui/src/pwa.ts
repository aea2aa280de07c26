import { scriptURL } from "./scanner";

/** Lets the service worker keep the page for a start without the gateway. */
export function keepPage(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    // Refused on an untrusted certificate and in private windows: the page then needs the gateway to start.
    navigator.serviceWorker.register(scriptURL("/sw.js")).catch(() => undefined);
  });
}
