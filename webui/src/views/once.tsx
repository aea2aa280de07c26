import { useState } from "preact/hooks";
import { term } from "../format";
import { t } from "../i18n";
import type { Message } from "../i18n/dictionary";
import type { Once } from "../team/api";
import { Code } from "../ui/code";
import { Sheet } from "../ui/sheet";

interface OnceProps {
  said: Message;
  once: Once;
  onClose: () => void;
}

/** A secret that is shown this once: as a code for a camera and as text to copy. */
export function OnceSheet({ said, once, onClose }: OnceProps) {
  const words = t.value.team;
  return (
    <Sheet title={said.title} onClose={onClose}>
      <p>{said.text}</p>
      <div class="signin-code">
        <Code content={once.text} label={said.title} />
      </div>
      <Secret text={once.text} />
      <p class="muted">{words.until(term(t.value, once.expiresAt, Date.now()))}</p>
      <button type="button" class="button button-main" onClick={onClose}>
        {words.close}
      </button>
    </Sheet>
  );
}

/** The text itself, and a button that copies it. */
export function Secret({ text }: { text: string }) {
  const words = t.value.team;
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // not allowed: the text can still be selected
    );
  return (
    <div class="secret">
      <code data-testid="secret">{text}</code>
      {window.isSecureContext && (
        <button type="button" class="button" onClick={() => void copy()}>
          {copied ? words.copied : words.copy}
        </button>
      )}
    </div>
  );
}
