// A subscription by the AWS SDK for JavaScript: JSON lines of what it gives.
//   node events.mjs ENDPOINT h1|h2 MODULES CONSUMER-ARN SHARD
// {"records": [{key, data, sequence}], "continuation", "behind", "children"} for each event,
// {"error": NAME} for an exception, then {"end": true}.
import { createRequire } from "node:module";

const [endpoint, version, modules, consumer, shard] = process.argv.slice(2);
const require = createRequire(modules + "/x.js");
const { KinesisClient, SubscribeToShardCommand } = require("@aws-sdk/client-kinesis");
const { NodeHttpHandler } = require("@smithy/node-http-handler");
const client = new KinesisClient({ endpoint, region: "us-east-1", maxAttempts: 1,
  ...(version === "h1" ? { requestHandler: new NodeHttpHandler({}) } : {}) });
const out = (value) => process.stdout.write(JSON.stringify(value) + "\n");

try {
  const answer = await client.send(new SubscribeToShardCommand({ ConsumerARN: consumer,
    ShardId: shard, StartingPosition: { Type: "TRIM_HORIZON" } }));
  for await (const { SubscribeToShardEvent: e } of answer.EventStream)
    out({ records: e.Records.map((r) => ({ key: r.PartitionKey, sequence: r.SequenceNumber,
      data: Buffer.from(r.Data).toString("base64"),
      at: r.ApproximateArrivalTimestamp.getTime() })),
      continuation: e.ContinuationSequenceNumber ?? null, behind: e.MillisBehindLatest,
      children: (e.ChildShards ?? []).map((c) => c.ShardId) });
} catch (error) {
  out({ error: error.name });
}
out({ end: true });
client.destroy();
