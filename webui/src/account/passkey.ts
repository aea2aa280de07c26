// Passkeys: the browser's part of Web Authentication. Keys stay where the browser keeps them; what is sent is signed.

import { addPasskey, beginPasskey, beginSignIn, finishSignIn } from "./api";

/** Whether this browser can make and use passkeys on this page. */
export function passkeysWork(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

/** The person closed the browser's question, or has no passkey for this place. */
export class Declined extends Error {}

/** Makes a passkey on this device and adds it to one's account. */
export async function makePasskey(name: string): Promise<void> {
  const { state, publicKey } = await beginPasskey();
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey as PublicKeyCredentialCreationOptionsJSON);
  const made = await asked(() => navigator.credentials.create({ publicKey: options }));
  await addPasskey(state, name, made.toJSON());
}

/** Signs in with a passkey that the person chooses. */
export async function signInByPasskey(): Promise<void> {
  const { state, publicKey } = await beginSignIn();
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey as PublicKeyCredentialRequestOptionsJSON);
  const shown = await asked(() => navigator.credentials.get({ publicKey: options }));
  await finishSignIn(state, shown.toJSON());
}

async function asked(question: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const answer = await question().catch((err: unknown) => {
    throw err instanceof DOMException ? new Declined(err.name) : err;
  });
  if (!(answer instanceof PublicKeyCredential)) throw new Declined();
  return answer;
}
