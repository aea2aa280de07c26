import type { OpenIDTexts } from "./openid";

/** English: signing in by a provider. */
export const openidEn: OpenIDTexts = {
  by: (name) => `Sign in with ${name}`,
  unreachable: (name) => `${name} does not answer. Try again, or sign in another way.`,
  title: "Signing in",
  working: "One moment…",
  failed: {
    title: "That did not work",
    text: "Try again. If it stays so, ask your administrator whether you have an account here and whether it is linked.",
  },
  cancelled: { title: "Sign-in was cancelled", text: "You can try again or sign in another way." },
  notLinked: {
    title: "The account was not linked",
    text: "It was cancelled or took too long, or that sign-in belongs to another account here.",
  },
  again: "Back to sign-in",
  toAccount: "To my account",
  part: { title: "Other ways to sign in", text: "Link your account to sign in here with one you already have." },
  none: "Nothing is linked yet.",
  link: (name) => `Link ${name}`,
  linked: (date) => `linked ${date}`,
  unlink: "Unlink",
  signOut: (name) => `Sign out here and at ${name}`,
  failedHere: "That did not work. Try again.",
};
