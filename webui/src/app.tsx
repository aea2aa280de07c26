import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { t } from "./i18n";
import { go, route } from "./router";
import { me } from "./session";
import { dismiss, showing } from "./station";
import { Menu } from "./ui/menu";
import { CapacitySheet } from "./views/capacity";
import { SamplesView } from "./views/samples";
import { ScannerView } from "./views/scanner";
import { SignInView } from "./views/signin";
import { OpenIDView } from "./views/signin-openid";
import { Verdict } from "./views/verdict";

/** The whole page: one view, the menu, and the verdict above everything. */
export function App() {
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === "Escape" && showing.value && !document.querySelector("dialog[open]")) dismiss();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  useEffect(() => dismiss, [route.value]); // who leaves a view leaves its verdict behind
  return (
    <>
      <View />
      <Menu />
      <Verdict />
      <CapacitySheet />
    </>
  );
}

function View() {
  const at = route.value;
  switch (at.view) {
    case "home":
      return <Home />;
    case "scanner":
      return (
        <SignedIn>
          <ScannerView />
        </SignedIn>
      );
    case "live":
      return (
        <SignedIn>
          <Later key="live" load={loadLive} name="" />
        </SignedIn>
      );
    case "overview":
      return (
        <SignedIn>
          <Later key="overview" load={loadOverview} name="" />
        </SignedIn>
      );
    case "samples":
      return <SamplesView name={at.name} />;
    case "holder":
      return <Later key="holder" load={loadHolder} name={at.name} />;
    case "account":
      return (
        <SignedIn>
          <Later key="account" load={loadAccount} name="" />
        </SignedIn>
      );
    case "mandates":
      return (
        <SignedIn>
          <Later key="mandates" load={loadMandates} name="" />
        </SignedIn>
      );
    case "team":
      return (
        <SignedIn>
          <Later key="team" load={loadTeam} name="" />
        </SignedIn>
      );
    case "pair":
      return <Later key={`pair ${at.code}`} load={loadPair} name={at.code} />;
    case "approve":
      return (
        <SignedIn>
          <Later key={`approve ${at.code}`} load={loadApprove} name={at.code} />
        </SignedIn>
      );
    case "openid":
      return <OpenIDView key="openid" name={at.answer} />;
    case "signin":
      return <SignInView code={at.code} />;
  }
}

const loadLive = () => import("./views/live").then((m) => m.LiveView);
const loadOverview = () => import("./views/overview").then((m) => m.OverviewView);
const loadAccount = () => import("./views/account").then((m) => m.AccountView);
const loadMandates = () => import("./views/mandates").then((m) => m.MandatesView);
const loadTeam = () => import("./views/team").then((m) => m.TeamView);
const loadPair = () => import("./views/pair").then((m) => m.PairView);
const loadApprove = () => import("./views/approve").then((m) => m.ApproveView);
const loadHolder = () => import("./views/holder").then((m) => m.HolderView);

/** Sends everybody where they work: whoever scans to the scanner, whoever watches to the overview. */
function Home() {
  useEffect(() => {
    if (me.value === undefined) return;
    if (me.value === null) go({ view: "signin", code: "" }, true);
    else go({ view: me.value.role === "admin" ? "live" : "scanner" }, true);
  }, [me.value]);
  return null;
}

/** Shows its content to somebody who is signed in, and the way to sign in to everybody else. */
function SignedIn({ children }: { children: preact.ComponentChildren }) {
  if (me.value === undefined) return null; // asked, not yet answered: nothing to flash
  if (me.value === null) return <SignInView code="" />;
  return <>{children}</>;
}

/** A view whose code is fetched when it is first opened. */
function Later({ load, name }: { load: () => Promise<ComponentType<{ name: string }>>; name: string }) {
  const [View, setView] = useState<ComponentType<{ name: string }> | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (v) => setView(() => v),
      () => setFailed(true),
    );
  }, [load]);
  if (failed)
    return (
      <p class="rest-text" role="alert">
        {t.value.problem.network}
      </p>
    );
  return View && <View name={name} />;
}
