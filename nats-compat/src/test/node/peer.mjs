// The npm clients of NATS, as a program that tests talk to: it reads a command a line, {"do": name, ...}, and writes what comes of it, a line each.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { Kvm } from "@nats-io/kv";
import { Objm } from "@nats-io/obj";
import { Svcm } from "@nats-io/services";
import { connect } from "@nats-io/transport-node";

const nc = await connect({ servers: process.argv[2] });
const kvm = new Kvm(nc);
const objm = new Objm(nc);
const svcm = new Svcm(nc);
const watched = [];
let service;

const event = (entry) => `${entry.operation} ${entry.key}${entry.operation === "PUT" ? "=" + entry.string() : ""}`;
const collected = async (iterator, show) => {
  const all = [];
  for await (const one of iterator) all.push(show(one));
  return all;
};
const told = async (count) => {
  while (watched.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  return watched.splice(0, count);
};
const watch = (iterator, show) => {
  watched.length = 0;
  (async () => {
    for await (const one of iterator) watched.push(show(one));
  })();
  return null;
};
// The same on both sides: byte i is i * 31 + size.
const bytes = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255);

const commands = {
  "kv create": async ({ bucket, options }) => void (await kvm.create(bucket, options)),
  kv: async ({ bucket, call, args }) => (await (await kvm.open(bucket))[call](...args)) ?? null,
  "kv get": async ({ bucket, key, options }) => {
    const entry = await (await kvm.open(bucket)).get(key, options);
    return entry && `${event(entry)} @${entry.revision}`;
  },
  "kv keys": async ({ bucket }) => collected(await (await kvm.open(bucket)).keys(), (key) => key),
  "kv history": async ({ bucket, key }) => collected(await (await kvm.open(bucket)).history({ key }), event),
  "kv watch": async ({ bucket }) => watch(await (await kvm.open(bucket)).watch(), event),
  "object create": async ({ bucket }) => void (await objm.create(bucket)),
  "object info": async ({ bucket, name }) => {
    const { description, metadata, chunks, deleted, headers } = await (await objm.open(bucket)).info(name);
    return { description, metadata, chunks, deleted, a: headers?.values("A") };
  },
  "object names": async ({ bucket }) => (await (await objm.open(bucket)).list()).map((info) => info.name),
  object: async ({ bucket, call, args }) => void (await (await objm.open(bucket))[call](...args)),
  "object put": async ({ bucket, meta, size }) => void (await (await objm.open(bucket)).putBlob(meta, bytes(size))),
  "object digest": async ({ bucket, name }) => {
    const blob = await (await objm.open(bucket)).getBlob(name);
    return blob && createHash("sha256").update(blob).digest("hex");
  },
  "object link": async ({ bucket, name, target }) => {
    const store = await objm.open(bucket);
    await store.link(name, await store.info(target));
  },
  "object watch": async ({ bucket }) =>
    watch(await (await objm.open(bucket)).watch(), (info) => info && `${info.deleted ? "DEL" : "PUT"} ${info.name}`),
  told: ({ count }) => told(count),
  serve: async ({ name }) => {
    service = await svcm.add({ name, version: "2.0.0", description: "theirs", metadata: { team: "b" } });
    const group = service.addGroup(name);
    group.addEndpoint("echo", { metadata: { k: "v" }, handler: (_, request) => void request.respond(request.data) });
    group.addEndpoint("fails", (_, request) => void request.respondError(404, "none"));
    await nc.flush();
    return service.info().id;
  },
  stop: async () => void (await service.stop()),
  find: async ({ call, name, id }) => collected(await svcm.client()[call](name, id), (one) => one),
  request: async ({ subject, text }) => {
    const reply = await nc.request(subject, text, { timeout: 30_000 });
    return { text: reply.string(), code: reply.headers?.get("Nats-Service-Error-Code"), error: reply.headers?.get("Nats-Service-Error") };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: (await commands[command.do](command)) ?? null }));
  } catch (e) {
    console.log(JSON.stringify({ error: `${e.name}: ${e.message}` }));
  }
}
await nc.close();
