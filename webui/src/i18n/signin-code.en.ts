import { english } from "./plural";
import type { SignInCodeTexts } from "./signin-code";

/** English: signing in with a one-time code. */
export const signInCodeEn: SignInCodeTexts = {
  button: "Sign in with a code we send you",
  ask: { title: "A code for signing in", text: "You get six digits at the address that your administrator entered for you." },
  inn: "Tax number (INN), 12 digits",
  address: { email: "E-mail", phone: "Phone", both: "Phone or e-mail" },
  send: "Send the code",
  enter: {
    title: "Enter the code",
    text: (to) => `If there is an account for ${to}, a code is on its way. It is good for five minutes, in this browser only.`,
    later: "If there is such an account, a code is on its way. It is good for five minutes, in this browser only.",
  },
  code: "Six digits",
  submit: "Sign in",
  working: "One moment…",
  resendIn: (s) => `New code in ${s}\u00a0s`,
  resend: "Send a new code",
  other: "Change the details",
  back: "Another way to sign in",
  faults: {
    wrong: (left) => `The code does not fit. ${english(left, "try", "tries")} left.`,
    burnt: "Too many wrong tries: this code is void. Have a new one sent.",
    expired: "The code is too old. Have a new one sent.",
    details: "Check what you entered: twelve digits of the INN, and an address in full.",
    busy: "That did not work. Try again.",
    wait: (minutes) => `Too many attempts. Try again in ${english(minutes, "minute", "minutes")}.`,
    waitS: (s) => `Not so fast. Try again in ${s}\u00a0s.`,
  },
};
