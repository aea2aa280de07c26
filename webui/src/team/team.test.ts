import { expect, test } from "vitest";
import { asKept, parseAccounts, parseDevices } from "./api";

test("an account of an unknown role may least", () => {
  const [one] = parseAccounts({ accounts: [{ id: "a", role: "root", name: "Anna", checkpoints: ["north", 5] }] });
  expect(one).toEqual({
    id: "a",
    role: "holder",
    name: "Anna",
    inn: "",
    snils: "",
    phone: "",
    email: "",
    organisation: "",
    checkpoints: ["north"],
    confirmed: false,
  });
});

test("only paired devices can be revoked here", () => {
  const devices = parseDevices({ devices: [{ id: "1", source: "config" }, { id: "2", source: "paired" }, null] });
  expect(devices.map((d) => d.paired)).toEqual([false, true]);
});

test("addresses are kept in one spelling", () => {
  expect(asKept({ name: "Anna", phone: "8 701 123-45-67", email: " anna@example.kz " })).toEqual({
    name: "Anna",
    phone: "+77011234567",
    email: "anna@example.kz",
  });
  expect(asKept({ phone: "", email: "" })).toEqual({ phone: "", email: "" }); // that takes them away
  expect(asKept({ phone: "call me" })).toEqual({ phone: "call me" }); // the gateway says what is wrong
  expect(asKept({ name: "Anna" })).toEqual({ name: "Anna" });
});
