import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Icon } from "./icons";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Grows with its content up to the whole height on a wide screen. */
  wide?: boolean;
}

/** A panel from the bottom on a phone, at the side elsewhere. The dialog element keeps the focus inside. */
export function Sheet({ title, onClose, children, wide }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? "sheet sheet-wide" : "sheet"}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => {
        if (e.target === ref.current) onClose();
      }}
    >
      <div class="sheet-inner">
        <header class="sheet-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon-button" aria-label={t.value.menu.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div class="sheet-body" tabIndex={0}>
          {children}
        </div>
      </div>
    </dialog>
  );
}
