// What runs inside the page, put there before its own scripts: a recorder of every verdict put on the screen, of
// every frame that newly shows a code, and of everything the Content-Security-Policy had to refuse.

/** A verdict as the page showed it. Times are the page's own, milliseconds. */
export interface Shown {
  ref: string;
  state: string;
  decision: string;
  reason: string;
  tone: string;
  seq: number;
  text: string;
  /** When it was put into the document, and when the frame that shows it had been painted. */
  at: number;
  painted: number;
}

/** What the recorder gathers. */
export interface Record {
  shown: Shown[];
  /** Sequence numbers a dashboard has shown, in the order in which it did. */
  passages: number[];
  /** Directives that were violated. */
  violations: string[];
}

declare global {
  interface Window {
    record: Record;
  }
}

/** Runs in the page. */
export function recorder(): void {
  const record: Record = { shown: [], passages: [], violations: [] };
  window.record = record;

  addEventListener("securitypolicyviolation", (e) => record.violations.push(`${e.violatedDirective} ${e.blockedURI}`));

  const note = (el: HTMLElement) => {
    const { state = "", decision = "", reason = "", tone = "", seq, ref = "" } = el.dataset;
    const text = el.innerText;
    const shown = { ref, state, decision, reason, tone, seq: Number(seq), text, at: performance.now(), painted: NaN };
    record.shown.push(shown);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel(); // its message arrives right after this frame was painted
      port1.onmessage = () => (shown.painted = performance.now());
      port2.postMessage(null);
    });
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") list(change.target as HTMLElement);
      for (const node of change.addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        const verdict = node.matches("[data-testid=verdict]")
          ? node
          : node.querySelector<HTMLElement>("[data-testid=verdict]");
        if (verdict) note(verdict);
        for (const el of node.querySelectorAll<HTMLElement>("[data-testid=passage]")) list(el);
        if (node.matches("[data-testid=passage]")) list(node);
      }
    }
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["data-seq"] });

  /** A line of a dashboard; lines are reused, only their number changes. */
  function list(el: HTMLElement) {
    if (el.dataset["testid"] === "passage" && el.dataset["seq"]) record.passages.push(Number(el.dataset["seq"]));
  }
}
