// Codes that do not come through a camera: keyboard scanners, paste, pictures.
import { type Browser, type CDPSession, expect, test } from "@playwright/test";
import { launch } from "./browser";
import { qr } from "./clips";
import { Gateway } from "./gateway";
import { draw } from "./picture";
import { png } from "./png";
import { signIn, type Station } from "./station";

let gateway: Gateway;
let browser: Browser;
let station: Station;
test.beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await launch("none");
  station = await signIn(browser, gateway);
});
test.afterAll(async () => {
  await browser.close();
  await gateway.close();
});
test.beforeEach(async () => {
  await station.open("#/scanner");
  await station.connected();
});

const RUSSIAN: Record<string, string> = {
  KeyQ: "й",
  KeyW: "ц",
  KeyE: "у",
  KeyR: "к",
  KeyT: "е",
  KeyY: "н",
  KeyU: "г",
  KeyI: "ш",
  KeyO: "щ",
  KeyP: "з",
  KeyA: "ф",
  KeyS: "ы",
  KeyD: "в",
  KeyF: "а",
  KeyG: "п",
  KeyH: "р",
  KeyJ: "о",
  KeyK: "л",
  KeyL: "д",
  KeyZ: "я",
  KeyX: "ч",
  KeyC: "с",
  KeyV: "м",
  KeyB: "и",
  KeyN: "т",
  KeyM: "ь",
  Semicolon: "ж",
  Period: "ю",
  Slash: ".",
  Comma: "б",
  Minus: "-",
  Space: " ",
};
const US: Record<string, [string, boolean]> = {
  ":": ["Semicolon", true],
  " ": ["Space", false],
  $: ["Digit4", true],
  "%": ["Digit5", true],
  "*": ["Digit8", true],
  "+": ["Equal", true],
  "-": ["Minus", false],
  ".": ["Period", false],
  "/": ["Slash", false],
};

/** Types as a keyboard scanner does on a machine with the Russian layout. */
async function fire(cdp: CDPSession, text: string, gapMs = 8) {
  const start = Date.now() / 1000;
  const press = (code: string, key: string, shift: boolean, i: number) => {
    const timestamp = start + (i * gapMs) / 1000;
    return cdp.send("Input.dispatchKeyEvent", {
      type: "keyDown",
      code,
      key,
      modifiers: shift ? 8 : 0,
      timestamp,
      ...(key.length === 1 ? { text: key } : {}),
    });
  };
  const sent = [...text].map((c, i) => {
    const [code, shift] = US[c] ?? (/\d/.test(c) ? [`Digit${c}`, false] : [`Key${c.toUpperCase()}`, /[A-Z]/.test(c)]);
    return press(code, RUSSIAN[code] ?? c, shift, i);
  });
  sent.push(press("Enter", "Enter", false, text.length));
  await Promise.all(sent);
}

test("a keyboard scanner under the Russian layout", async () => {
  const cdp = await station.context.newCDPSession(station.page);
  await fire(cdp, gateway.sample("revoked"));
  expect((await station.verdicts(1)).at(-1)!.reason).toBe("revoked");
  await fire(cdp, gateway.sample("expired")); // the button that has the focus is not pressed by its Enter
  expect((await station.verdicts(2)).at(-1)!.reason).toBe("expired");
});

test("a keyboard scanner fired into the field for codes", async () => {
  await station.page.getByTestId("type").click();
  const field = station.page.getByTestId("code-field");
  await field.focus();
  await fire(await station.context.newCDPSession(station.page), gateway.sample("revoked"));
  expect((await station.verdicts(1)).at(-1)!.reason).toBe("revoked");
  await expect(field).toHaveValue("");
});

test("typing by hand is left alone", async () => {
  await station.page.getByTestId("type").click();
  const field = station.page.getByTestId("code-field");
  await field.pressSequentially("Слово word 123", { delay: 20 });
  await expect(field).toHaveValue("Слово word 123");
  await field.fill(gateway.sample("expired"));
  await station.page.getByTestId("code-submit").click();
  expect((await station.verdicts(1)).map((s) => s.reason)).toEqual(["expired"]);
});

test("paste", async () => {
  expect((await station.paste(gateway.sample("signature_invalid"))).reason).toBe("signature_invalid");
  expect((await station.paste("just some words")).reason).toBe("not_recognised");
  expect((await station.paste("VR1:" + "A".repeat(500_000))).reason).toBe("too_large");
});

test("upload: a photograph, one without a code, one that is no picture", async () => {
  const upload = (buffer: Buffer) =>
    station.page.getByTestId("upload").setInputFiles({ name: "photo.png", mimeType: "image/png", buffer });
  const photo = (text: string | null) =>
    png(
      draw(text === null ? null : qr(text), {
        width: 1600,
        height: 1200,
        module: 7,
        turn: 12,
        tilt: 15,
        noise: 8,
        blur: 1,
      }),
    );
  await station.page.getByTestId("type").click();
  await upload(Buffer.from("this is not a picture"));
  const sheet = station.page.getByRole("dialog");
  const words = () => sheet.getByRole("status").innerText();
  const before = await words();
  await upload(photo(null));
  await expect.poll(words).not.toBe(before);
  await upload(photo(gateway.sample("revoked")));
  expect((await station.verdicts(1)).at(-1)!.reason).toBe("revoked");
});
