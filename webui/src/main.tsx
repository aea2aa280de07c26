import { render } from "preact";
import { App } from "./app";
import { applyLang } from "./i18n";
import { keepPage } from "./pwa";
import { followLocation } from "./router";
import { loadSession } from "./session";
import { applySettings } from "./settings";
import { unlockSound } from "./sound";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/sheet.css";
import "./styles/scanner.css";
import "./styles/verdict.css";
import "./styles/details.css";
import "./styles/pages.css";
import "./styles/samples.css";
import "./styles/holder.css";

applySettings();
applyLang();
followLocation();
void loadSession();
addEventListener("click", unlockSound, { capture: true }); // every time: a phone call may have put it to sleep
addEventListener("keydown", unlockSound, { capture: true });
render(<App />, document.getElementById("app")!);
keepPage();
