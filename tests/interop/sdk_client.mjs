// Calls of the AWS SDK for JavaScript, one JSON line in, one out: {op, input} -> {output} | {error}.
//   node sdk_client.mjs ENDPOINT h1|h2 MODULES-FOLDER
// Knows nothing of what is tested. "h2" is the SDK's own choice for Kinesis: prior knowledge on
// http, ALPN on https. Blobs travel as base64 in members named Data, times as seconds.
import { createRequire } from "node:module";
import readline from "node:readline";

const [endpoint, version, modules] = process.argv.slice(2);
const require = createRequire(modules + "/x.js");
const kinesis = require("@aws-sdk/client-kinesis");
const { NodeHttpHandler } = require("@smithy/node-http-handler");

const client = new kinesis.KinesisClient({
  endpoint, region: "us-east-1", maxAttempts: 1,
  ...(version === "h1" ? { requestHandler: new NodeHttpHandler({}) } : {}),
});

function outward(value, name) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map((v) => outward(v, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([k]) => k !== "$metadata")
    .map(([k, v]) => [k, outward(v, k)]));
}

function inward(value, name) {
  if (name === "Data") return Buffer.from(value, "base64");
  if (name === "Timestamp") return new Date(value * 1000);
  if (Array.isArray(value)) return value.map((v) => inward(v, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inward(v, k)]));
}

async function call({ op, input }) {
  const Command = kinesis[op + "Command"];
  if (Command === undefined) return { unknown: true };
  try {
    return { output: outward(await client.send(new Command(inward(input)))) };
  } catch (error) {
    return { error: error.name, message: String(error.message) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify(await call(JSON.parse(line))) + "\n");
client.destroy();
