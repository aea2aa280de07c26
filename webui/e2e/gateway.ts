// The real gateway in its demo form, with a data folder of its own.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const binary = process.env["VRATAR_BIN"] ?? resolve(import.meta.dirname, "../../bin/vratar");
const START_MS = 15_000;

/** demo.json: what the demo leaves for whoever drives it. */
export interface Demo {
  url: string;
  device_token: string;
  checker_link: string;
  admin_link: string;
  checkpoints: { id: string; name: string }[];
  samples: { name: string; payload: string; expect: string }[];
  /** Of a demo with mandates. */
  supervisor_link?: string;
  mandates?: { checker_inn: string; checker_snils: string; samples: SampleMandate[] };
}

/** A power of attorney of the demo: its files, and the reason that a scan under it, or bringing it in, gives. */
export interface SampleMandate {
  name: string;
  number: string;
  expect: string;
  kept: boolean;
}

/** A program that serves in place of the shipped one. */
export interface Program {
  path: string;
  args: string[];
}

/** One gateway; stop and start keep its port and its data. */
export class Gateway {
  readonly #data = mkdtempSync(join(tmpdir(), "vratar-e2e-"));
  readonly #flags: string[];
  #port = 0;
  #process: ChildProcess | undefined;
  #output = "";
  #settings = ""; // of a gateway that is no demo any more
  #program: Program | undefined;

  private constructor(flags: string[]) {
    this.#flags = flags;
  }

  /** Starts a gateway; trust names further trust files, flags are further ones of `vratar demo`. */
  static async start(trust: string[] = [], flags: string[] = []): Promise<Gateway> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build`);
    const gateway = new Gateway([...trust.flatMap((f) => ["--trust", f]), ...flags]);
    gateway.#port = await freePort();
    await gateway.resume();
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Read anew each time: a used link is replaced by a fresh one. */
  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.#data, "demo.json"), "utf8")) as Demo;
  }

  /** Payload of the first sample that is expected to end with this reason. */
  sample(expect: string): string {
    const found = this.demo.samples.find((s) => s.expect === expect);
    if (!found) throw new Error(`the demo has no sample for ${expect}`);
    return found.payload;
  }

  /** Ends the process as an operator would. */
  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null) return;
    running.kill("SIGTERM");
    await once(running, "exit");
  }

  /** Stops the process in its tracks: connections stay open and silent, as when a cable is pulled. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets a frozen process go on. */
  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Starts the process again. */
  async resume(): Promise<void> {
    const demo = ["demo", "--listen", `127.0.0.1:${this.#port}`, "--data", this.#data, ...this.#flags];
    const { path, args } = this.#program ?? { path: binary, args: ["serve"] };
    const started = this.#settings ? spawn(path, [...args, "--config", this.#settings]) : spawn(binary, demo);
    this.#process = started;
    process.once("exit", () => started.kill("SIGKILL")); // a test that failed may not have closed it
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-8000)));
    }
    for (const end = Date.now() + START_MS; !(await this.#ready());) {
      const exited = started.exitCode !== null;
      if (exited || Date.now() > end) throw new Error(`the gateway did not start:\n${this.#output}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  /**
   * Goes on with the same data, but under settings of one's own: those of the demo as change leaves them, and with
   * another program where one is named. Returns the sign-in link of its first administrator.
   */
  async serve(change: (settings: string) => string, program?: Program): Promise<string> {
    await this.stop();
    this.#program = program;
    this.#settings = this.file("own.toml");
    const demo = readFileSync(this.file("vratar.toml"), "utf8");
    const listen = `listen = "127.0.0.1:${this.#port}"`;
    writeFileSync(this.#settings, change(demo.replace(/^listen = .*$/m, listen)));
    const told = execFileSync(binary, ["admin", "--config", this.#settings, "--name", "Anna"], { encoding: "utf8" });
    await this.resume();
    const link = /https?:\S*\/#\/signin\/\S+/.exec(told)?.[0];
    if (!link) throw new Error(`no link:\n${told}`);
    return link;
  }

  /** A file of its data folder. */
  file(name: string): string {
    return join(this.#data, name);
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    this.thaw();
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #ready(): Promise<boolean> {
    const ok = await fetch(`${this.url}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
    return ok && existsSync(join(this.#data, "demo.json"));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
