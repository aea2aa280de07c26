import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import { hashOf, route } from "../router";
import { destinations, MenuButton } from "./menu";
import { Icon } from "./icons";

/** Frame of the views that are not the camera: name, ways to the others, menu. */
export function Page({
  title,
  children,
  className,
}: {
  title: string;
  children: ComponentChildren;
  className: string;
}) {
  return (
    <div class={`page ${className}`}>
      <header class="page-head">
        <a class="brand" href="#/" aria-label="Vratar">
          <Mark />
          <span>Vratar</span>
        </a>
        <nav class="page-nav">
          {destinations.value.map(({ to, icon, key }) => (
            <a
              key={key}
              href={hashOf(to)}
              aria-label={t.value.menu[key]}
              aria-current={route.value.view === to.view ? "page" : undefined}
            >
              <Icon name={icon} />
              <span>{t.value.menu[key]}</span>
            </a>
          ))}
        </nav>
        <MenuButton />
      </header>
      <main class="page-main">
        <h1 class="visually-hidden">{title}</h1>
        {children}
      </main>
    </div>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="mark-corners"
        d="M4 10V7a3 3 0 0 1 3-3h3M22 4h3a3 3 0 0 1 3 3v3M28 22v3a3 3 0 0 1-3 3h-3M10 28H7a3 3 0 0 1-3-3v-3"
      />
      <path class="mark-tick" d="M10 16.5l4 4 8-9" />
    </svg>
  );
}
