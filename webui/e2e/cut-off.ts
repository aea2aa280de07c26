/**
 * Runs in the page: texts that nobody can read in full, because they reach beyond the window or are clipped by an
 * element that does not scroll.
 */
export function cutOff(): string[] {
  const found: string[] = [];
  const root = document.scrollingElement!;
  if (root.scrollWidth > innerWidth + 1) found.push(`the page is ${root.scrollWidth} px wide`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const parent = node.parentElement;
    if (!parent || !node.nodeValue?.trim() || parent.closest(".visually-hidden, script, style, svg, option, [hidden]"))
      continue;
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width && hides(parent, box)) {
        found.push(`${node.nodeValue.trim().slice(0, 60)} in ${parent.tagName}.${parent.className}`);
        break;
      }
    }
  }
  return found;

  /** Whether any element around clips the box, sideways or downwards, without a way to scroll to it. */
  function hides(start: Element, box: DOMRect): boolean {
    for (let el: Element | null = start; el; el = el.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(el);
      const frame = el.getBoundingClientRect();
      const clipsX = overflowX === "hidden" || overflowX === "clip";
      const clipsY = overflowY === "hidden" || overflowY === "clip";
      if (overflowX === "auto" || overflowX === "scroll" || overflowY === "auto" || overflowY === "scroll")
        return false;
      if (clipsX && (box.left < frame.left - 1 || box.right > frame.right + 1)) return true;
      if (clipsY && (box.top < frame.top - 2 || box.bottom > frame.bottom + 2)) return true;
      if (position === "fixed")
        return box.left < -1 || box.right > innerWidth + 1 || box.top < -2 || box.bottom > innerHeight + 2;
    }
    return box.left < -1 || box.right > innerWidth + 1;
  }
}
