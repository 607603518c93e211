// Frames by the event-stream encoder of the AWS SDK for JavaScript.
//   node frames.mjs MODULES FRAMES-FILE    stdout: a JSON line for each message, as read_frames has it
// Every type of header, many headers, names and values of the largest size, payloads of 0 to 4 MiB.
import { createRequire } from "node:module";
import fs from "node:fs";

const [modules, file] = process.argv.slice(2);
const { EventStreamCodec, Int64 } =
  createRequire(modules + "/x.js")("@smithy/core/event-streams");
const codec = new EventStreamCodec((b) => Buffer.from(b).toString("utf8"),
  (s) => Buffer.from(s, "utf8"));

const hex = (b) => Buffer.from(b).toString("hex");
const number = (bits, value) => hex(Buffer.from(BigInt.asUintN(bits, BigInt(value))
  .toString(16).padStart(bits / 4, "0"), "hex"));
const kinds = { // what it is called there, number and bytes on the wire
  boolean: (v) => [v ? 0 : 1, ""],
  byte: (v) => [2, number(8, v)],
  short: (v) => [3, number(16, v)],
  integer: (v) => [4, number(32, v)],
  long: (v) => [5, number(64, v)],
  binary: (v) => [6, hex(v)],
  string: (v) => [7, hex(Buffer.from(v, "utf8"))],
  timestamp: (v) => [8, number(64, v)],
  uuid: (v) => [9, v.replaceAll("-", "")],
};
const inward = {
  long: (v) => Int64.fromNumber(v),
  timestamp: (v) => new Date(v),
};

const values = [
  ["boolean", true], ["boolean", false], ["byte", -128], ["byte", 127], ["short", -32768],
  ["short", 32767], ["integer", -2147483648], ["integer", 2147483647], ["long", -1],
  ["long", Number.MAX_SAFE_INTEGER], ["binary", Buffer.from([0, 255])],
  ["binary", Buffer.alloc(32767, 7)], ["string", "event"], ["string", "日本 ключ"],
  ["string", "x".repeat(32767)], ["timestamp", 0], ["timestamp", 1795910400123],
  ["uuid", "01234567-89ab-cdef-0123-456789abcdef"],
];
const messages = values.map(([type, value], i) => [[["h" + i, type, value]], Buffer.from("p" + i)]);
messages.push([values.filter((v) => String(v[1]).length < 100)
  .map(([type, value], i) => [`:name-${i}`, type, value]), Buffer.from("all of them")]);
messages.push([[["n".repeat(255), "string", "longest name"]], Buffer.alloc(0)]);
messages.push([[], Buffer.alloc(0)]);
for (const size of [1, 7, 255, 65535, 1 << 20, 4 << 20])
  messages.push([[[":event-type", "string", "SubscribeToShardEvent"]],
    Buffer.from(Array.from({ length: Math.min(size, 4096) }, (_, i) => i * 7 & 255))
      .toString("latin1").repeat(Math.ceil(size / 4096)).slice(0, size)].map(
    (v, i) => i ? Buffer.from(v, "latin1") : v));

const out = fs.openSync(file, "w");
for (const [headers, body] of messages) {
  fs.writeSync(out, codec.encode({ body, headers: Object.fromEntries(headers.map(
    ([name, type, value]) => [name, { type, value: (inward[type] ?? ((v) => v))(value) }])) }));
  process.stdout.write(JSON.stringify({ headers: headers.map(
    ([name, type, value]) => [name, ...kinds[type](value)]), payload: hex(body) }) + "\n");
}
fs.closeSync(out);
