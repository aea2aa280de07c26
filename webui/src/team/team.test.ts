import { expect, test } from "vitest";
import { parseAccounts, parseDevices } from "./api";

test("an account of an unknown role may least", () => {
  const [one] = parseAccounts({ accounts: [{ id: "a", role: "root", name: "Anna", checkpoints: ["north", 5] }] });
  expect(one).toEqual({
    id: "a",
    role: "holder",
    name: "Anna",
    inn: "",
    snils: "",
    organisation: "",
    checkpoints: ["north"],
    confirmed: false,
  });
});

test("only paired devices can be revoked here", () => {
  const devices = parseDevices({ devices: [{ id: "1", source: "config" }, { id: "2", source: "paired" }, null] });
  expect(devices.map((d) => d.paired)).toEqual([false, true]);
});
