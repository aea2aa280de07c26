import { computed, signal } from "@preact/signals";
import { lang, langs, dictionaries, t } from "../i18n";
import { asked } from "../mandates/capacity";
import { go, hashOf, route, type Route } from "../router";
import { me, signOut } from "../session";
import { kiosk, sound, theme } from "../settings";
import { closeStation, forgetWaiting } from "../station";
import { Choice, Switch } from "./choice";
import { Icon, type IconName } from "./icons";
import { Sheet } from "./sheet";

/** Whether the menu is open. */
export const menuOpen = signal(false);

interface Destination {
  to: Route;
  icon: IconName;
  key: "scanner" | "live" | "overview" | "samples" | "holder";
}

const all: readonly Destination[] = [
  { to: { view: "scanner" }, icon: "scanner", key: "scanner" },
  { to: { view: "live" }, icon: "live", key: "live" },
  { to: { view: "overview" }, icon: "overview", key: "overview" },
  { to: { view: "samples", name: "" }, icon: "samples", key: "samples" },
  { to: { view: "holder", name: "" }, icon: "holder", key: "holder" },
];

/**
 * Where one can go. Codes of one's own are nothing a checker at work looks for, and the overview is for those who answer
 * for a place.
 */
export const destinations = computed(() => {
  const who = me.value;
  const answers = who?.role === "supervisor" || who?.role === "admin";
  return all.filter((d) => {
    if (d.key === "overview") return answers;
    return d.key !== "holder" || !who || who.demo || who.role === "holder";
  });
});

export function MenuButton() {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={t.value.menu.open}
      aria-haspopup="dialog"
      onClick={() => {
        menuOpen.value = true;
      }}
    >
      <Icon name="menu" />
    </button>
  );
}

/** Where to go, and how the page looks and sounds. */
export function Menu() {
  if (!menuOpen.value) return null;
  const close = () => {
    menuOpen.value = false;
  };
  const words = t.value.menu;
  return (
    <Sheet title={words.open} onClose={close}>
      <nav class="menu-links">
        {destinations.value.map(({ to, icon, key }) => (
          <a
            key={key}
            class="menu-link"
            href={hashOf(to)}
            aria-current={route.value.view === to.view ? "page" : undefined}
            onClick={close}
          >
            <Icon name={icon} />
            {words[key]}
          </a>
        ))}
      </nav>
      <Choice
        label={words.language}
        value={lang.value}
        options={langs.map((l) => ({ value: l, label: dictionaries[l].self, lang: l }))}
        onChange={(l) => {
          lang.value = l;
        }}
      />
      <Choice
        label={words.theme}
        value={theme.value}
        options={(["auto", "light", "dark"] as const).map((v) => ({ value: v, label: words.themes[v] }))}
        onChange={(v) => {
          theme.value = v;
        }}
      />
      <Switch
        label={words.sound}
        on={sound.value === "on"}
        onChange={(on) => {
          sound.value = on ? "on" : "off";
        }}
      />
      <Switch
        label={words.kiosk}
        note={words.kioskNote}
        on={kiosk.value === "on"}
        onChange={(on) => {
          kiosk.value = on ? "on" : "off";
        }}
      />
      <MenuFoot close={close} />
    </Sheet>
  );
}

function MenuFoot({ close }: { close: () => void }) {
  const words = t.value.menu;
  const leave = async () => {
    close();
    await forgetWaiting();
    closeStation();
    await signOut();
    go({ view: "signin", code: "" });
  };
  return (
    <div class="menu-foot">
      {document.fullscreenEnabled && (
        <button
          type="button"
          class="button"
          onClick={() => {
            close();
            void toggleFullscreen();
          }}
        >
          <Icon name="expand" />
          {words.fullscreen}
        </button>
      )}
      {me.value && me.value.role !== "device" && (
        <a class="button" href={hashOf({ view: "account" })} onClick={close}>
          <Icon name="account" />
          {t.value.account.title}
        </a>
      )}
      {me.value && !me.value.delegated && (me.value.role === "admin" || me.value.role === "supervisor") && (
        <a class="button" href={hashOf({ view: "team" })} onClick={close}>
          <Icon name="team" />
          {t.value.team.title}
        </a>
      )}
      {asked.value && me.value && me.value.role !== "holder" && (
        <a class="button" href={hashOf({ view: "mandates" })} onClick={close}>
          <Icon name="mandate" />
          {t.value.mandates.title}
        </a>
      )}
      {me.value ? (
        <button type="button" class="button" onClick={() => void leave()}>
          <Icon name="out" />
          {words.signOut}
        </button>
      ) : (
        <a class="button" href="#/signin" onClick={close}>
          {words.signIn}
        </a>
      )}
      {me.value?.name && (
        <p class="muted">
          {me.value.name} · {t.value.signin.role[me.value.role]}
        </p>
      )}
    </div>
  );
}

/** The whole screen for the page, or back. */
async function toggleFullscreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen().catch(() => undefined); // refused: nothing changes
}
