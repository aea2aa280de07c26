// Pasting a code's text or its picture anywhere on the page.

import { editable } from "./keyboard";

/** What to do with what was pasted. */
export interface Pasted {
  text(content: string): void;
  image(image: Blob): void;
}

/** Listens until the returned function is called; pastes into other people's text fields are left alone. */
export function listenForPaste(page: Document, pasted: Pasted): () => void {
  const heard = (e: ClipboardEvent) => {
    if (editable(e.target) !== "none") return;
    const image = [...(e.clipboardData?.files ?? [])].find((f) => f.type.startsWith("image/"));
    if (image) return pasted.image(image);
    // an editor adds the line end, no code has one
    const text = e.clipboardData?.getData("text/plain").replace(/[\r\n]+$/, "");
    if (text) pasted.text(text);
  };
  page.addEventListener("paste", heard);
  return () => page.removeEventListener("paste", heard);
}
