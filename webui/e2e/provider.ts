// The certified OpenID provider that runs here (npm oidc-provider), and a small ЕСИА before it: ЕСИА's paths and its signed
// requests, whose signatures openssl checks, with the provider's pages and codes behind them.

import { execFileSync } from "node:child_process";
import { createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Provider from "oidc-provider";

/** A provider. Whoever types a name at it is that person, with a verified address of that name. */
export class Issuer {
  /** localhost, where the gateway is 127.0.0.1: another site, as providers are. */
  readonly url: string;
  readonly faults: string[] = [];
  readonly #server: Server;

  private constructor(url: string, server: Server, provider: Provider) {
    this.url = url;
    this.#server = server;
    const fault = (_: unknown, err: unknown) => this.faults.push(err instanceof Error ? err.message : String(err));
    for (const event of ["server_error", "grant.error", "authorization.error", "backchannel.error"]) provider.on(event, fault);
  }

  /** Starts one for a gateway, and for ЕСИА before it. */
  static async start(gateway: string, state: string): Promise<Issuer> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const client = {
      client_id: "vratar",
      client_secret: "a secret of the tests",
      redirect_uris: [`${gateway}/v1/signin/openid/callback`],
      post_logout_redirect_uris: [`${gateway}/`],
      backchannel_logout_uri: `${gateway}/v1/signin/openid/logout/corp`,
      backchannel_logout_session_required: true,
    };
    const provider = new Provider(url, {
      clients: [
        client,
        { client_id: "STATE", token_endpoint_auth_method: "none", redirect_uris: [`${state}/back`] },
      ],
      pkce: { required: () => true },
      claims: { email: ["email", "email_verified"] },
      features: { backchannelLogout: { enabled: true } },
      cookies: { keys: ["of the tests"] },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.kz`, email_verified: true }),
      }),
      // Without the dispatcher that keeps it from asking addresses of its own machine.
      fetch: (address: URL, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) => fetch(address, options),
    });
    const server = provider.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Issuer(url, server, provider);
  }

  /** Its table of the gateway's settings. */
  settings(secretFile: string): string {
    writeFileSync(secretFile, "a secret of the tests\n");
    return `
[[access.openid]]
id = "corp"
name = "Corporate"
issuer = "${this.url}"
client_id = "vratar"
client_secret_file = ${JSON.stringify(secretFile)}
find = ["email"]
`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Person that ЕСИА knows by his oid. */
export interface Known {
  trusted: boolean;
  snils: string;
}

/** ЕСИА as far as the gateway sees it. */
export class State {
  readonly url: string;
  readonly faults: string[] = [];
  /** What was signed, oldest first. */
  readonly signed: string[] = [];
  readonly people: Record<string, Known>;
  readonly gost = hasGOST();
  /** Where people say who they are. */
  behind = "";
  readonly #server: Server;
  readonly #folder = mkdtempSync(join(tmpdir(), "vratar-state-"));
  readonly #key = generateKeyPairSync("rsa", { modulusLength: 2048 });

  private constructor(server: Server, people: Record<string, Known>) {
    this.#server = server;
    this.people = people;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
    this.#makeClientKey();
    writeFileSync(this.#file("token.pem"), this.#key.publicKey.export({ type: "spki", format: "pem" }));
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((err: unknown) => {
        this.faults.push(err instanceof Error ? err.message : String(err));
        response.writeHead(400).end("{}");
      });
    });
  }

  static async start(people: Record<string, Known>): Promise<State> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new State(server, people);
  }

  settings(): string {
    return `
[[access.openid]]
id = "esia"
name = "State"
kind = "esia"
issuer = "${this.url}"
client_id = "STATE"
find = ["snils"]
confirms = true
[access.openid.esia]
key_file = ${JSON.stringify(this.#file("client.key"))}
certificate_file = ${JSON.stringify(this.#file("client.crt"))}
token_key_file = ${JSON.stringify(this.#file("token.pem"))}
certificate_hash = "ab12"
organisations = true
`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? "", this.url);
    if (at.pathname === "/aas/oauth2/v2/ac") return this.#authorize(at.searchParams, response);
    if (at.pathname === "/back") return this.#back(at.searchParams, response);
    if (at.pathname === "/aas/oauth2/v3/te") return this.#trade(new URLSearchParams(await text(request)), response);
    const [, oid = "", roles] = /^\/rs\/prns\/(\d+)(\/roles)?$/.exec(at.pathname) ?? [];
    const person = this.people[oid];
    if (!person || request.headers.authorization !== `Bearer ${this.#token(oid)}`) throw new Error(`asked for ${at.pathname}`);
    const organisations = { elements: [{ oid: 1, ogrn: "1027700132195", chief: true }], size: 1 };
    json(response, roles ? organisations : person);
  }

  /** Checks the request as ЕСИА does and hands the browser on. */
  #authorize(q: URLSearchParams, response: ServerResponse): void {
    this.#check(q);
    const on = new URL("/auth", this.behind);
    for (const name of ["client_id", "response_type", "state", "code_challenge", "code_challenge_method"]) {
      on.searchParams.set(name, q.get(name) ?? "");
    }
    on.searchParams.set("redirect_uri", `${this.url}/back`);
    on.searchParams.set("scope", "openid");
    this.#returns.set(q.get("state") ?? "", q.get("redirect_uri") ?? "");
    response.writeHead(302, { Location: on.href }).end();
  }

  readonly #returns = new Map<string, string>();

  /** Sends the browser back as ЕСИА does, which does not say who it is. */
  #back(q: URLSearchParams, response: ServerResponse): void {
    const to = new URL(this.#returns.get(q.get("state") ?? "") ?? "");
    for (const name of ["code", "state", "error"]) {
      const value = q.get(name);
      if (value) to.searchParams.set(name, value);
    }
    response.writeHead(302, { Location: to.href }).end();
  }

  async #trade(q: URLSearchParams, response: ServerResponse): Promise<void> {
    this.#check(q);
    const form = new URLSearchParams();
    for (const name of ["client_id", "grant_type", "code", "code_verifier"]) form.set(name, q.get(name) ?? "");
    form.set("redirect_uri", `${this.url}/back`);
    const traded = await fetch(new URL("/token", this.behind), { method: "POST", body: form });
    if (!traded.ok) throw new Error(await traded.text());
    const { id_token } = (await traded.json()) as { id_token: string };
    const claims = JSON.parse(Buffer.from(id_token.split(".")[1] ?? "", "base64url").toString()) as { sub: string };
    json(response, { access_token: this.#token(claims.sub), token_type: "Bearer", expires_in: 3600, state: q.get("state") });
  }

  readonly #tokens = new Map<string, string>();

  /** The access token of a person: a JWT that names him, the same each time. */
  #token(oid: string): string {
    const known = this.#tokens.get(oid);
    if (known) return known;
    const part = (v: object) => Buffer.from(JSON.stringify(v)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const claims = { "urn:esia:sbj_id": Number(oid), client_id: "STATE", iat: now, nbf: now, exp: now + 3600 };
    const input = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    const token = `${input}.${createSign("RSA-SHA256").update(input).sign(this.#key.privateKey).toString("base64url")}`;
    this.#tokens.set(oid, token);
    return token;
  }

  /** Holds client_secret against what it must be a signature of. */
  #check(q: URLSearchParams): void {
    const data = ["scope", "timestamp", "client_id", "state"].map((name) => q.get(name) ?? "").join("");
    if (!/^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d [+-]\d{4}$/.test(q.get("timestamp") ?? "")) throw new Error("timestamp");
    if (q.get("client_certificate_hash") !== "ab12") throw new Error("client_certificate_hash");
    writeFileSync(this.#file("data"), data);
    writeFileSync(this.#file("signature"), Buffer.from(q.get("client_secret") ?? "", "base64url"));
    const certificate = this.#file("client.crt");
    const signature = ["-inform", "DER", "-in", this.#file("signature"), "-content", this.#file("data")];
    const believed = ["-CAfile", certificate, "-purpose", "any", "-out", this.#file("out")];
    this.#openssl(["cms", "-verify", "-binary", ...signature, ...believed]);
    this.signed.push(data);
  }

  #makeClientKey(): void {
    const kind = ["-algorithm", "gost2012_256", "-pkeyopt", "paramset:A"];
    const usual = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    writeFileSync(this.#file("openssl.cnf"), configuration(this.gost));
    this.#openssl(["genpkey", ...(this.gost ? kind : usual), "-out", this.#file("client.key")]);
    const subject = ["-subj", "/CN=Vratar", "-days", "2"];
    this.#openssl(["req", "-x509", "-new", "-key", this.#file("client.key"), "-out", this.#file("client.crt"), ...subject]);
    if (!readFileSync(this.#file("client.key"), "utf8").includes("BEGIN PRIVATE KEY")) throw new Error("not PKCS #8");
  }

  #openssl(args: string[]): void {
    const env = { ...process.env, OPENSSL_CONF: this.#file("openssl.cnf") };
    execFileSync("openssl", args, { env, stdio: "pipe" });
  }
}

const request = "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = Vratar\n";
const engine = "[init]\nengines = engines\n[engines]\ngost = gost\n[gost]\nengine_id = gost\ndefault_algorithms = ALL\n";

function configuration(gost: boolean): string {
  return gost ? `openssl_conf = init\n${engine}${request}` : request;
}

/** Whether openssl has its GOST engine here; without it the client's key is RSA. */
function hasGOST(): boolean {
  try {
    return execFileSync("openssl", ["engine", "-t", "gost"], { encoding: "utf8", stdio: "pipe" }).includes("[ available ]");
  } catch {
    return false;
  }
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
