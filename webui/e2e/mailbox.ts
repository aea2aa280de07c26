// A mail server for the tests: it takes every message and hands it to whoever waits. Just as much SMTP (RFC 5321) as
// the gateway speaks to a server on its own machine.

import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Mail {
  to: string;
  text: string;
}

export class Mailbox {
  readonly #server: Server;
  readonly #arrived: Mail[] = [];
  readonly #open = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => undefined); // the gateway hung up
      converse(socket, (mail) => this.#arrived.push(mail));
    });
  }

  static async open(): Promise<Mailbox> {
    const box = new Mailbox();
    box.#server.listen(0, "127.0.0.1");
    await once(box.#server, "listening");
    return box;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything that came for an address so far. */
  of(to: string): Mail[] {
    return this.#arrived.filter((m) => m.to === to);
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** One dialogue: a line from the client, a line back; after DATA everything up to a lone dot is the message. */
function converse(socket: Socket, take: (mail: Mail) => void): void {
  let rest = "";
  let to = "";
  let data: string[] | null = null;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (data) {
      if (line !== ".") return void data.push(line.replace(/^\./, ""));
      take({ to, text: bodyOf(data) });
      data = null;
      return say("250 taken");
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "RCPT") to = /<(.*?)>/.exec(line)?.[1] ?? "";
    if (verb === "DATA") data = [];
    say(verb === "DATA" ? "354 go on" : verb === "QUIT" ? "221 bye" : "250 ok");
    if (verb === "QUIT") socket.end();
  };
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\r\n");
    rest = lines.pop() ?? "";
    lines.forEach(hear);
  });
  say("220 mailbox");
}

/** The text of a message in quoted-printable (RFC 2045 §6.7). */
function bodyOf(lines: string[]): string {
  const body = lines.slice(lines.indexOf("") + 1).join("\n").replace(/=\n/g, "");
  const bytes = body.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
