// Keeps the screen on while scanning. The browser drops the lock whenever the page is hidden, so it is taken
// again on return. Where there is no such lock (plain HTTP, old browsers) nothing happens.

/** Holds the screen awake until the returned function is called. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let released = false;
  const take = async () => {
    if (document.visibilityState !== "visible" || released) return;
    try {
      const taken = await navigator.wakeLock?.request("screen");
      if (released) await taken?.release();
      else lock = taken;
    } catch {
      // refused, for instance on a low battery: the screen may dim, scanning goes on
    }
  };
  document.addEventListener("visibilitychange", take);
  void take();
  return () => {
    released = true;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}
